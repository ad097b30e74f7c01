#include "model/run/run_event_makers.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

run_event_draft make(run_event_kind kind, ordered_json payload) {
  return {kind, json(std::move(payload))};
}

void add_unless_empty(ordered_json& payload, const char* name, std::string_view value) {
  if (!value.empty())
    payload[name] = value;
}

run_event_kind end_of(const step_progress& step, attempt_status outcome) {
  switch (outcome) {
  case attempt_status::succeeded:
    return run_event_kind::step_succeeded;
  case attempt_status::cancelled:
    return run_event_kind::step_cancelled;
  case attempt_status::lost:
    return run_event_kind::step_lost;
  default:
    return step.status == step_status::pending ? run_event_kind::step_retry : run_event_kind::step_failed;
  }
}

} // namespace

run_event_draft created_event(const run_submission& submission) {
  return make(run_event_kind::run_created, {{"env", submission.env},
                                            {"lane", submission.lane},
                                            {"job_type", submission.job_type},
                                            {"requested_by", submission.requested_by}});
}

run_event_draft status_event(run_status from, run_status to, bool first_time, const status_note& note) {
  ordered_json payload = {{"from", to_string(from)}, {"to", to_string(to)}};
  if (to == run_status::failed) {
    payload["code"] = note.code.empty() ? "failed" : note.code;
    payload["text"] = note.text.empty() ? note.reason : note.text;
    add_unless_empty(payload, "step", note.step);
  } else {
    add_unless_empty(payload, "reason", note.reason);
  }
  add_unless_empty(payload, "by", note.by);
  return make(kind_of(to, first_time), std::move(payload));
}

run_event_draft step_started_event(const attempt_token& token, std::string_view kind) {
  return make(run_event_kind::step_started, {{"step", token.step},
                                             {"attempt", token.attempt},
                                             {"kind", kind},
                                             {"token", idempotency_token(token)},
                                             {"fence", token.fence}});
}

run_event_draft step_ended_event(std::string_view id, const step_progress& step,
                                 const attempt_outcome& outcome) {
  const auto kind = end_of(step, outcome.status);
  ordered_json payload = {{"step", id}, {"attempt", step.attempts}};
  if (kind == run_event_kind::step_succeeded && !outcome.result.value().is_null())
    payload["result"] = outcome.result.value();
  if (kind == run_event_kind::step_failed || kind == run_event_kind::step_retry) {
    payload["code"] = outcome.code;
    payload["text"] = outcome.text;
  }
  if (kind == run_event_kind::step_retry)
    payload["not_before"] = to_string(step.not_before.value_or(utc_time{}));
  return make(kind, std::move(payload));
}

run_event_draft command_received_event(run_command command, std::string_view by, std::string_view reason) {
  ordered_json payload = {{"command", to_string(command)}};
  add_unless_empty(payload, "by", by);
  add_unless_empty(payload, "reason", reason);
  return make(run_event_kind::command_received, std::move(payload));
}

run_event_draft command_replaced_event(run_command command, run_command by) {
  return make(run_event_kind::command_replaced,
              {{"command", to_string(command)}, {"replaced_by", to_string(by)}});
}

} // namespace sluice
