#include "runtime/wire/runs_writer.hpp"

#include "runtime/wire/json_dump.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>

namespace sluice {

namespace {

using nlohmann::ordered_json;

void add_text(ordered_json& to, const char* name, const std::string& text) {
  if (!text.empty())
    to[name] = text;
}

ordered_json cap_of(const std::optional<std::uint64_t>& cap) {
  return cap ? ordered_json(*cap) : ordered_json();
}

} // namespace

std::string submission_json(const run_submission& submission, const json& graph) {
  ordered_json body{{"env", submission.env}, {"lane", submission.lane}};
  add_text(body, "mode", submission.mode);
  add_text(body, "job_type", submission.job_type);
  add_text(body, "requested_by", submission.requested_by);
  body["run_graph"] = graph.value();
  if (!submission.params.value().is_null())
    body["params"] = submission.params.value();
  if (submission.priority != 0)
    body["priority"] = submission.priority;
  if (submission.available_at)
    body["available_at"] = to_string(*submission.available_at);
  if (submission.idempotency_key)
    body["idempotency_key"] = *submission.idempotency_key;
  if (submission.parent_run_id)
    body["parent_run_id"] = to_string(*submission.parent_run_id);
  return dump(body);
}

std::string command_json(run_command command, const std::string& reason) {
  ordered_json body{{"command", to_string(command)}};
  add_text(body, "reason", reason);
  return dump(body);
}

std::string lane_queue_json(const lane_queue& lane) {
  return dump({{"env", lane.env}, {"lane", lane.lane}});
}

std::string lane_change_json(const lane_change& change) {
  auto body = ordered_json::object();
  if (change.enabled)
    body["enabled"] = *change.enabled;
  if (change.reason)
    body["reason"] = *change.reason;
  if (change.ticks_per_day)
    body["ticks_per_day"] = cap_of(*change.ticks_per_day);
  if (change.concurrent_runs)
    body["concurrent_runs"] = cap_of(*change.concurrent_runs);
  return dump(body);
}

} // namespace sluice
