#pragma once

#include "model/run/attempt_token.hpp"
#include "model/run/run_event.hpp"
#include "model/run/step_progress.hpp"
#include "model/run/submission.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// What goes with a change of status; empty parts are left out of the payload.
struct status_note {
  /// Who told the run to, and why.
  std::string by = {};
  std::string reason = {};
  /// For `failed`: a code, a sentence, and the step that is to blame.
  std::string code = {};
  std::string text = {};
  std::string step = {};
};

/// Each returns an event whose payload is as `event_fields` says.

run_event_draft created_event(const run_submission& submission);
/// The one event of a run's change from `from` to `to`. `first_time`: see `kind_of`.
run_event_draft status_event(run_status from, run_status to, bool first_time, const status_note& note);
run_event_draft step_started_event(const attempt_token& token, std::string_view kind);
/// The end of the attempt that led to `step`: STEP_SUCCEEDED, STEP_FAILED, STEP_RETRY, STEP_CANCELLED or
/// STEP_LOST.
run_event_draft step_ended_event(std::string_view id, const step_progress& step,
                                 const attempt_outcome& outcome);
/// A line that an attempt under way has to say, and how far it is: a share from 0 to 1.
run_event_draft step_log_event(const attempt_token& token, std::string_view line);
run_event_draft step_progress_event(const attempt_token& token, double share, std::string_view text);
run_event_draft command_received_event(run_command command, std::string_view by, std::string_view reason);
run_event_draft command_replaced_event(run_command command, run_command by);

} // namespace sluice
