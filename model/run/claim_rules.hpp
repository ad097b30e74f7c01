#pragma once

#include "model/base/utc_time.hpp"
#include "model/run/run_progress.hpp"
#include "model/run/run_status.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What decides whether somebody may take on a run; read in the transaction that claims.
struct claim_situation {
  run_status status = run_status::queued;
  /// Somebody holds a live lease.
  bool owned = false;
  utc_time available_at = {};
  bool lane_enabled = true;
};

/// What is to be done for a run, whoever does it.
enum class work_kind : std::uint8_t {
  none,    ///< it is over, or waits for a person
  advance, ///< queued, preparing, running: take steps; not when the lane is off
  settle,  ///< pausing, cancelling: finish that, also when the lane is off
};
work_kind work_of(run_status status) noexcept;

/// True when the run may be claimed at `now`: there is work, it is due, its lane is on (or the work is to
/// settle), and nobody has it.
bool is_claimable(const claim_situation& run, utc_time now) noexcept;
/// True when it could be claimed if nobody had it.
bool is_held(const claim_situation& run, utc_time now) noexcept;

/// What the claimer of a run does first, in the transaction of the claim.
struct recovery_plan {
  /// Statuses passed, in order, each legal after the one before.
  std::vector<run_status> path = {};
  /// Steps whose attempt was under way when the last owner was lost.
  std::vector<std::size_t> lost = {};
  /// When the run fails for its crashes: the code (`crash_loop`) and a sentence.
  std::string error_code = {};
  std::string error_text = {};
  /// The claimer goes on with the run; otherwise it gives the lease back.
  bool proceed = false;

  friend bool operator==(const recovery_plan&, const recovery_plan&) = default;
};

/// Decides what a claimer does and marks lost attempts in `steps`. Every status that can be claimed has a
/// rule: queued is prepared, preparing is prepared again, running goes on, pausing becomes paused and
/// cancelling becomes cancelled. A run that is not on its way to a halt fails when one of its steps has lost
/// ten attempts in a row. Throws `internal_error` for a status that cannot be claimed.
recovery_plan recover_run(run_status status, run_progress& steps);

} // namespace sluice
