#pragma once

#include "model/run/claim_rules.hpp"
#include "model/run/lease_rules.hpp"
#include "model/run/tick_rules.hpp"
#include "persistence/operations/change_run.hpp"
#include "persistence/store/store.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
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
  json params;
  std::uint64_t token = 0;
  /// A command that its last owner has not carried out.
  std::optional<command_row> undelivered;
};

/// What a look at a lane came to.
struct claim_answer {
  /// `ticked`: there was something to do.
  tick_outcome outcome = tick_outcome::idle_no_runs;
  /// Absent with `ticked` when a pause, a cancel or a crash loop was settled on the spot.
  std::optional<claimed_run> run;
};

/// Inside a transaction: takes the lane's next run, if switch and caps allow, and does what recovery asks for
/// (`recover_run`): lost attempts, statuses, events. Owned runs are passed over: `reclaim_runs` frees those
/// whose owner is gone.
claim_answer claim_next(store& in, const claim_request& request, const tick_budget& budget);

/// Inside a transaction: extends leases of one owner and returns, for each, why not, if so.
std::vector<lease_refusal> renew_leases(store& in, const lease_owner& owner,
                                        const std::vector<std::pair<uuid, std::uint64_t>>& leases,
                                        const boot_instant& now, std::chrono::milliseconds ttl);

/// Inside a transaction: returns whether somebody is on the run: its lease is live, and its owner is not
/// known to be dead. What `command_request::owned` wants to know.
bool has_live_owner(store& in, const uuid& run, const boot_instant& now,
                    const std::function<bool(const lease_owner&)>& is_dead);

/// Inside a transaction: gives a run back as it is. Throws as `change_run`.
void hand_back(store& in, const uuid& run, const fence& by, utc_time now);

/// Inside a transaction: takes up to `limit` runs from owners that are gone: their leases have expired, or
/// `is_dead` says so of a lease that has not. A command that such an owner left undelivered acts now when the
/// run would otherwise wait for a person; in other runs the next owner delivers it. Returns the runs.
std::vector<uuid> reclaim_runs(store& in, const boot_instant& boot_now, utc_time now,
                               const std::function<bool(const lease_owner&)>& is_dead, std::size_t limit);

} // namespace sluice
