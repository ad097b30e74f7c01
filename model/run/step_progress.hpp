#pragma once

#include "model/base/random_source.hpp"
#include "model/base/utc_time.hpp"
#include "model/message/json.hpp"
#include "model/run/retry_policy.hpp"
#include "model/run/step_status.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// How far one step of a run is: what its row says.
struct step_progress {
  step_status status = step_status::pending;
  /// The number of the last attempt; 0: none yet. Only grows.
  std::uint32_t attempts = 0;
  /// Attempts that failed since the run was submitted or last resumed from an end.
  std::uint32_t failures = 0;
  /// The last attempts of this budget that were lost, without another outcome between.
  std::uint32_t lost_in_row = 0;
  /// A pending step does not begin before.
  std::optional<utc_time> not_before = {};
  /// What the step returned once it has succeeded.
  json result = {};
  /// Why the last attempt failed; empty otherwise.
  std::string error_code = {};
  std::string error_text = {};
};

/// What an attempt came to. `status` is `succeeded`, `failed`, `cancelled` or `lost`.
struct attempt_outcome {
  attempt_status status = attempt_status::succeeded;
  json result = {};
  /// For `failed`: a code and a sentence.
  std::string code = {};
  std::string text = {};
  /// For `failed`: whether another attempt could come to something else. Bad params, for one, could not.
  bool retryable = true;
};

/// Begins the next attempt and returns its number. Throws `error("invalid_transition")` unless pending.
std::uint32_t begin_attempt(step_progress& step);

/// Ends the attempt under way. A failure leads to `pending` with a pause while the budget lasts, else to
/// `failed`; a lost attempt to `pending` at once, without touching the budget. Throws
/// `error("invalid_transition")` unless running. Draws from `random` only for a retry.
void end_attempt(step_progress& step, const attempt_outcome& outcome, const retry_policy& policy,
                 utc_time now, const random_source& random);

/// Makes a failed or cancelled step pending again, with a fresh budget; a pending one gets the fresh budget,
/// too, and need not wait. Attempt numbers go on. A succeeded step is left alone. Throws
/// `error("invalid_transition")` for a running one.
void renew_budget(step_progress& step);

} // namespace sluice
