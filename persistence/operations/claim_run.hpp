#pragma once

#include "model/base/error.hpp"
#include "model/run/claim_rules.hpp"
#include "model/run/lease_rules.hpp"
#include "model/run/tick_rules.hpp"
#include "persistence/operations/change_run.hpp"
#include "persistence/operations/reclaim_runs.hpp"
#include "persistence/store/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Who looks for work, where and when.
struct claim_request {
  lane_queue from;
  lease_owner owner;
  boot_instant boot_now;
  utc_time now;
  std::chrono::milliseconds ttl = defaults::lease_ttl;
};

/// A run in the hands of its new owner.
struct claimed_run {
  run_row row;
  run_progress steps;
  std::uint64_t token = 0;
  /// A command that its last owner has not carried out.
  std::optional<command_row> undelivered;
  /// How many ticks the lane's day leaves; nothing: there is no cap, or it was not looked at.
  std::optional<std::uint64_t> ticks_left = {};
};

/// Decides what the owner of a run begins together with the claim. Called before anything of the run is
/// written: the version and the last number in its row are still those of before. What is returned stays as
/// it is until the claim was written.
using first_turn = std::function<boundary_view(claimed_run run)>;

/// What a look at a lane came to.
struct claim_answer {
  /// `ticked`: there was something to do.
  tick_outcome outcome = tick_outcome::idle_no_runs;
  /// Absent with `ticked` when a pause, a cancel or a crash loop was settled on the spot, or the run went to
  /// `first_turn`.
  std::optional<claimed_run> run;
  /// What became of the first turn.
  std::optional<boundary_answer> boundary = {};
  /// As in `claimed_run`.
  std::optional<std::uint64_t> ticks_left = {};
};

/// Claims runs of one lane, one after the other, inside one transaction: what these have in common is read
/// once. Nobody else may write to the lane's runs in between. Not used after the transaction.
class lane_claims {
public:
  /// `expected`: how many times `next` will be called, for what is read ahead.
  lane_claims(store& in, claim_request request, std::size_t expected = 1);

  /// Takes the lane's next run, if switch and caps allow, and does what recovery asks for (`recover_run`):
  /// lost attempts, statuses, events. With `first`, what that decides is written in the same go. Owned runs
  /// are passed over: `reclaim_runs` frees those whose owner is gone. One whose rows cannot be understood is
  /// settled: it is blocked, with the reason.
  claim_answer next(const tick_budget& budget, const first_turn& first = {});

private:
  std::optional<run_row> find_settling();
  std::optional<run_row> find_due(const std::vector<uuid>& except);
  lane_view look(const tick_budget& budget, claim_answer& answer, std::optional<run_row>& found);
  void take(run_row row, const first_turn& first, claim_answer& answer);
  void set_aside(run_row row, const error& why);
  run_progress load_steps(const run_row& row);
  run_progress steps_of(const std::string& graph);

  store* in_;
  claim_request request_;
  std::size_t expected_;
  /// Due runs in their order, the next one last.
  std::vector<run_row> ahead_;
  bool nothing_settles_ = false;
  /// Runs of one job have the same graph: the last one, and its steps before anything has begun.
  std::string graph_;
  std::optional<run_progress> untouched_;
};

/// Inside a transaction: claims one run, as `lane_claims`.
claim_answer claim_next(store& in, const claim_request& request, const tick_budget& budget);

/// Inside a transaction: extends leases of one owner and returns, for each, why not, if so.
std::vector<lease_refusal> renew_leases(store& in, const lease_owner& owner,
                                        const std::vector<std::pair<uuid, std::uint64_t>>& leases,
                                        const boot_instant& now, std::chrono::milliseconds ttl);

/// Inside a transaction: gives a run back as it is. Throws as `change_run`.
void hand_back(store& in, const uuid& run, const fence& by, utc_time now);

} // namespace sluice
