#include "model/run/run_event.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

constexpr std::array<std::string_view, run_event_kind_count> event_names = {
    "RUN_CREATED",      "RUN_PREPARING",    "RUN_STARTED",          "RUN_PAUSING",    "RUN_PAUSED",
    "RUN_RESUMED",      "RUN_BLOCKED",      "RUN_INTERVENING",      "RUN_CANCELLING", "RUN_SUCCEEDED",
    "RUN_FAILED",       "RUN_CANCELLED",    "STEP_STARTED",         "STEP_PROGRESS",  "STEP_LOG",
    "STEP_SUCCEEDED",   "STEP_FAILED",      "STEP_RETRY",           "STEP_CANCELLED", "STEP_LOST",
    "COMMAND_RECEIVED", "COMMAND_REPLACED", "WORKER_TICK_REQUESTED"};

using fields = std::vector<event_field>;

constexpr event_field from{"from"};
constexpr event_field to{"to"};
constexpr event_field step{"step"};
constexpr event_field attempt{"attempt", event_field_type::number};
constexpr event_field code{"code"};
constexpr event_field text{"text"};
constexpr event_field reason{"reason", event_field_type::text, false};
constexpr event_field by{"by", event_field_type::text, false};

bool holds(const ordered_json& value, event_field_type type) {
  switch (type) {
  case event_field_type::text:
    return value.is_string();
  case event_field_type::number:
    return value.is_number();
  case event_field_type::boolean:
    return value.is_boolean();
  case event_field_type::any:
    return true;
  }
  return false;
}

[[noreturn]] void refuse(run_event_kind kind, std::string_view name, std::string_view trouble) {
  throw internal_error(fmt::format("payload of {}: '{}' {}", to_string(kind), name, trouble));
}

} // namespace

std::string_view to_string(run_event_kind kind) noexcept {
  return event_names[static_cast<std::size_t>(kind)];
}

std::optional<run_event_kind> parse_run_event_kind(std::string_view spelling) noexcept {
  const auto* const found = std::find(event_names.begin(), event_names.end(), spelling);
  if (found == event_names.end())
    return std::nullopt;
  return static_cast<run_event_kind>(found - event_names.begin());
}

std::vector<run_event> number_events(const uuid& run, std::uint64_t last_seq, utc_time at,
                                     std::vector<run_event_draft> drafts) {
  std::vector<run_event> events;
  events.reserve(drafts.size());
  for (auto& draft : drafts)
    events.push_back({0, run, ++last_seq, draft.kind, at, std::move(draft.payload)});
  return events;
}

const std::vector<event_field>& event_fields(run_event_kind kind) {
  static const fields created = {{"env"}, {"lane"}, {"job_type"}, {"requested_by"}};
  static const fields status_change = {from, to, reason, by};
  static const fields failed = {from, to, code, text, {"step", event_field_type::text, false}, by};
  static const fields step_begun = {step, attempt, {"kind"}, {"token"}, {"fence", event_field_type::number}};
  static const fields step_only = {step, attempt};
  static const fields progress = {step, attempt, {"progress", event_field_type::any}};
  static const fields log = {step, attempt, {"level"}, text};
  static const fields succeeded = {step, attempt, {"result", event_field_type::any, false}};
  static const fields step_failed = {step, attempt, code, text};
  static const fields retry = {step, attempt, code, text, {"not_before"}};
  static const fields command = {{"command"}, by, reason};
  static const fields replaced = {{"command"}, {"replaced_by"}};
  static const fields tick = {by};
  switch (kind) {
  case run_event_kind::run_created:
    return created;
  case run_event_kind::run_failed:
    return failed;
  case run_event_kind::step_started:
    return step_begun;
  case run_event_kind::step_progress:
    return progress;
  case run_event_kind::step_log:
    return log;
  case run_event_kind::step_succeeded:
    return succeeded;
  case run_event_kind::step_failed:
    return step_failed;
  case run_event_kind::step_retry:
    return retry;
  case run_event_kind::step_cancelled:
  case run_event_kind::step_lost:
    return step_only;
  case run_event_kind::command_received:
    return command;
  case run_event_kind::command_replaced:
    return replaced;
  case run_event_kind::worker_tick_requested:
    return tick;
  default:
    return status_change;
  }
}

void require_payload(const run_event_draft& draft) {
  const auto& payload = draft.payload.value();
  if (!payload.is_object())
    refuse(draft.kind, "", "is no object");
  const auto& known = event_fields(draft.kind);
  for (const auto& field : known) {
    const auto found = payload.find(std::string(field.name));
    if (found == payload.end() && field.required)
      refuse(draft.kind, field.name, "is missing");
    if (found != payload.end() && !holds(*found, field.type))
      refuse(draft.kind, field.name, "has the wrong type");
  }
  for (const auto& member : payload.items())
    if (std::none_of(known.begin(), known.end(),
                     [&](const event_field& field) { return field.name == member.key(); }))
      refuse(draft.kind, member.key(), "is not known");
}

run_event_kind kind_of(run_status status, bool first_time) noexcept {
  switch (status) {
  case run_status::queued:
    return run_event_kind::run_resumed;
  case run_status::preparing:
    return run_event_kind::run_preparing;
  case run_status::running:
    return first_time ? run_event_kind::run_started : run_event_kind::run_resumed;
  case run_status::pausing:
    return run_event_kind::run_pausing;
  case run_status::paused:
    return run_event_kind::run_paused;
  case run_status::blocked:
    return run_event_kind::run_blocked;
  case run_status::intervening:
    return run_event_kind::run_intervening;
  case run_status::cancelling:
    return run_event_kind::run_cancelling;
  case run_status::succeeded:
    return run_event_kind::run_succeeded;
  case run_status::failed:
    return run_event_kind::run_failed;
  case run_status::cancelled:
    return run_event_kind::run_cancelled;
  }
  return run_event_kind::run_resumed;
}

} // namespace sluice
