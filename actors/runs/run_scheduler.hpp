#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/runs/claim_batch.hpp"
#include "actors/runs/run_actor.hpp"
#include "actors/runs/scheduler_messages.hpp"
#include "actors/runs/worker_options.hpp"
#include "actors/store/watch_messages.hpp"

#include <caf/behavior.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Claims runs for the worker and for single ticks, spawns an actor for each, and tells these what somebody
/// told their runs. It claims when there is room and reason: at first, when a run has left, when the store
/// has moved, and now and then.
class run_scheduler final : public flow_actor {
public:
  run_scheduler(caf::actor_config& config, run_surroundings_pointer around, caf::actor leases);
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  /// A run in hand, and who waits for its tick.
  struct hand {
    caf::actor actor;
    lane_queue lane;
    std::function<void(tick_report)> tick;
    /// Ticks that the worker's budget has counted.
    std::uint64_t counted = 0;
  };
  struct lane {
    lane_queue queue;
    /// There may be something to claim.
    bool promising = true;
    bool claiming = false;
    bool looking = false;
    /// The store moved while it was looked at.
    bool moved = false;
    /// A look or a claim has shown that nothing is to be done now.
    bool settled = false;
    tick_outcome last = tick_outcome::idle_no_runs;
    std::optional<utc_time> next_due;
  };
  struct worker {
    worker_options settings;
    std::function<void(worker_report)> done;
    worker_report report;
    tick_budget budget;
    std::vector<lane> lanes;
    std::size_t next_lane = 0;
    std::size_t in_hand = 0;
    std::size_t wanted = 0;
    unsigned failures = 0;
    bool paused = false;
    bool stopping = false;
    /// Runs that were lost lately may come back to their lanes until then.
    utc_time losses_until = {};
  };

  void start_worker(start_worker_order& order);
  void stop_worker(std::chrono::milliseconds grace);
  void tick(tick_order& order);
  void fill();
  std::size_t room() const;
  void claim(std::size_t index, std::size_t count);
  void send_claim(claim_order wanted, std::size_t index, std::function<void(tick_report)> tick);
  void look(std::size_t index);
  void on_moved();
  void on_looked(const lane_looked& answer);
  void on_claimed(claims_answered& answer);
  void on_worker_claims(claims_answered& answer, claim_batch& batch);
  void on_claim_failure(const claims_answered& answer);
  void on_worker_failure(const std::string& code, const std::string& text);
  void take_in_hand(claimed_conductor run, std::chrono::nanoseconds sent,
                    const std::function<void(tick_report)>& tick);
  void on_left(const run_left& left);
  void meter_end(const run_left& left);
  void count_end(run_status status, bool lost);
  void on_commands(const commands_arrived& arrived);
  void tell(const command_row& command);
  void on_lanes(const lanes_set& news);
  void on_deaf(const std::exception_ptr& failure);
  void end_if_idle();
  void end_worker();

  run_surroundings_pointer around_;
  caf::actor leases_;
  /// By run and fencing token: of a run that was lost and claimed again, the old hand may still be closing.
  std::map<std::pair<uuid, std::uint64_t>, hand> hands_;
  std::optional<worker> worker_;
  std::size_t claims_under_way_ = 0;
  /// The watcher has begun to tell of commands: before, one for a run that is claimed now would be missed.
  bool listening_ = false;
  std::vector<tick_order> waiting_ticks_;
  /// Commands that came in while runs were being claimed: perhaps for one of these.
  std::vector<command_row> commands_meanwhile_;
  std::uint64_t generation_ = 0;
};

} // namespace sluice
