#include "model/run/run_event_makers.hpp"

#include "model/message/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// The text of a payload, member by member. There are several events for each step of each run, and nearly
/// all of them are only written down: documents of theirs would cost more than all else about them.
class payload_text {
public:
  payload_text() { text_.reserve(192); }

  payload_text& add(std::string_view name, std::string_view value) {
    begin(name);
    detail::write_json_string(text_, value);
    return *this;
  }
  /// One of our own words, which has nothing to escape.
  payload_text& add_word(std::string_view name, std::string_view word) {
    begin(name);
    ((text_ += '"') += word) += '"';
    return *this;
  }
  payload_text& add(std::string_view name, std::uint64_t value) {
    begin(name);
    std::array<char, 20> digits;
    text_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
    return *this;
  }
  payload_text& add(std::string_view name, const json& value) {
    begin(name);
    value.dump_to(text_);
    return *this;
  }
  payload_text& add_unless_empty(std::string_view name, std::string_view value) {
    return value.empty() ? *this : add(name, value);
  }

  run_event_draft make(run_event_kind kind) {
    text_ += text_.empty() ? "{}" : "}";
    return {kind, json::of_compact(std::move(text_))};
  }

private:
  void begin(std::string_view name) {
    text_ += text_.empty() ? "{\"" : ",\"";
    (text_ += name) += "\":";
  }

  std::string text_;
};

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
  payload_text payload;
  payload.add("env", submission.env).add("lane", submission.lane);
  payload.add("job_type", submission.job_type).add("requested_by", submission.requested_by);
  return payload.make(run_event_kind::run_created);
}

run_event_draft status_event(run_status from, run_status to, bool first_time, const status_note& note) {
  payload_text payload;
  payload.add_word("from", to_string(from)).add_word("to", to_string(to));
  if (to == run_status::failed) {
    payload.add("code", note.code.empty() ? "failed" : std::string_view(note.code));
    payload.add("text", note.text.empty() ? note.reason : note.text);
    payload.add_unless_empty("step", note.step);
  } else {
    payload.add_unless_empty("reason", note.reason);
  }
  payload.add_unless_empty("by", note.by);
  return payload.make(kind_of(to, first_time));
}

run_event_draft step_started_event(const attempt_token& token, std::string_view kind) {
  payload_text payload;
  payload.add("step", token.step).add("attempt", std::uint64_t{token.attempt}).add("kind", kind);
  payload.add("token", idempotency_token(token)).add("fence", token.fence);
  return payload.make(run_event_kind::step_started);
}

run_event_draft step_ended_event(std::string_view id, const step_progress& step,
                                 const attempt_outcome& outcome) {
  const auto kind = end_of(step, outcome.status);
  payload_text payload;
  payload.add("step", id).add("attempt", std::uint64_t{step.attempts});
  if (kind == run_event_kind::step_succeeded && !outcome.result.value().is_null())
    payload.add("result", outcome.result);
  if (kind == run_event_kind::step_failed || kind == run_event_kind::step_retry)
    payload.add("code", outcome.code).add("text", outcome.text);
  if (kind == run_event_kind::step_retry)
    payload.add("not_before", to_string(step.not_before.value_or(utc_time{})));
  return payload.make(kind);
}

run_event_draft step_log_event(const attempt_token& token, std::string_view line) {
  payload_text payload;
  payload.add("step", token.step).add("attempt", std::uint64_t{token.attempt});
  payload.add("level", "info").add("text", line);
  return payload.make(run_event_kind::step_log);
}

run_event_draft step_progress_event(const attempt_token& token, double share, std::string_view text) {
  payload_text payload;
  payload.add("step", token.step).add("attempt", std::uint64_t{token.attempt});
  payload.add("progress", json(ordered_json{{"share", share}, {"text", text}}));
  return payload.make(run_event_kind::step_progress);
}

run_event_draft command_received_event(run_command command, std::string_view by, std::string_view reason) {
  payload_text payload;
  payload.add("command", to_string(command)).add_unless_empty("by", by).add_unless_empty("reason", reason);
  return payload.make(run_event_kind::command_received);
}

run_event_draft command_replaced_event(run_command command, run_command by) {
  payload_text payload;
  payload.add("command", to_string(command)).add("replaced_by", to_string(by));
  return payload.make(run_event_kind::command_replaced);
}

} // namespace sluice
