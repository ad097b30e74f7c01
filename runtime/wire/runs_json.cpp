#include "runtime/wire/runs_json.hpp"

#include "model/run/lease_rules.hpp"
#include "runtime/wire/json_dump.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

document optional_id(const uuid& id) {
  return id.empty() ? document() : document(to_string(id));
}

template <class Value>
document optional_value(const std::optional<Value>& value) {
  return value ? document(*value) : document();
}

document describe(const run_row& run) {
  return {{"id", to_string(run.id)},
          {"env", run.env},
          {"lane", run.lane},
          {"mode", run.mode},
          {"job_type", run.job_type},
          {"requested_by", run.requested_by},
          {"status", std::string(to_string(run.status))},
          {"priority", run.priority},
          {"available_at", to_string(run.available_at)},
          {"created_at", to_string(run.created_at)},
          {"updated_at", to_string(run.updated_at)},
          {"started_at", time_or_null(run.started_at)},
          {"finished_at", time_or_null(run.finished_at)},
          {"parent_run_id", optional_id(run.parent_run_id)},
          {"retry_of", optional_id(run.retry_of)},
          {"idempotency_key", optional_value(run.idempotency_key)},
          {"error_code", run.error_code},
          {"error_text", run.error_text},
          {"version", run.version},
          {"last_seq", run.last_seq},
          {"owned", run.owned}};
}

document describe(const step_row& step, const step_graph& graph) {
  const auto& progress = step.progress;
  const auto* const spec = graph.find(step.step);
  return {{"step", step.step},
          {"kind", spec != nullptr ? spec->kind : std::string()},
          {"status", std::string(to_string(progress.status))},
          {"attempts", progress.attempts},
          {"failures", progress.failures},
          {"lost_in_row", progress.lost_in_row},
          {"not_before", time_or_null(progress.not_before)},
          {"started_at", time_or_null(step.started_at)},
          {"finished_at", time_or_null(step.finished_at)},
          {"result", progress.result.value()},
          {"error_code", progress.error_code},
          {"error_text", progress.error_text}};
}

const char* name_of(command_state state) {
  switch (state) {
  case command_state::undelivered:
    return "undelivered";
  case command_state::delivered:
    return "delivered";
  case command_state::replaced:
    return "replaced";
  }
  return "";
}

document describe(const command_row& command) {
  return {{"id", command.id},
          {"command", std::string(to_string(command.command))},
          {"requested_by", command.by},
          {"reason", command.reason},
          {"at", to_string(command.at)},
          {"state", name_of(command.state)}};
}

document describe(const lease_record& lease) {
  document result{{"token", lease.token}, {"owner", nullptr}};
  if (lease.owner)
    result["owner"] = to_string(*lease.owner);
  return result;
}

} // namespace

std::string run_json(const run_row& run) {
  return dump(describe(run));
}

std::string run_view_json(const run_view& view) {
  auto result = describe(view.row);
  result["run_graph"] = to_json(view.graph).value();
  result["params"] = view.params.value();
  result["steps"] = document::array();
  for (const auto& step : view.steps)
    result["steps"].push_back(describe(step, view.graph));
  result["commands"] = document::array();
  for (const auto& command : view.commands)
    result["commands"].push_back(describe(command));
  result["lease"] = describe(view.lease);
  return dump(result);
}

std::string steps_json(const run_view& view) {
  auto steps = document::array();
  for (const auto& step : view.steps)
    steps.push_back(describe(step, view.graph));
  return dump({{"steps", std::move(steps)}});
}

std::string commands_json(const run_view& view) {
  auto commands = document::array();
  for (const auto& command : view.commands)
    commands.push_back(describe(command));
  return dump({{"commands", std::move(commands)}});
}

std::string event_json(const run_event& event) {
  return dump({{"id", event.id},
               {"run", to_string(event.run)},
               {"seq", event.seq},
               {"kind", std::string(to_string(event.kind))},
               {"at", to_string(event.at)},
               {"payload", event.payload.value()}});
}

std::string created_json(const created_run& created) {
  return dump({{"id", to_string(created.id)}, {"existing", created.existing}});
}

std::string answer_json(const uuid& run, const command_answer& answer) {
  return dump({{"id", to_string(run)},
               {"status", std::string(to_string(answer.status))},
               {"changed", answer.changed}});
}

std::string tick_json(const tick_report& report) {
  document result{{"outcome", std::string(to_string(report.outcome))}};
  if (!report.run.empty()) {
    result["run"] = to_string(report.run);
    result["status"] = std::string(to_string(report.status));
  }
  if (report.outcome == tick_outcome::error) {
    result["error_code"] = report.error_code;
    result["error_text"] = report.error_text;
  }
  return dump(result);
}

std::string worker_json(const worker_report& report) {
  return dump({{"ticks", report.ticks},
               {"succeeded", report.succeeded},
               {"failed", report.failed},
               {"cancelled", report.cancelled},
               {"handed_back", report.handed_back},
               {"last", std::string(to_string(report.last))}});
}

std::string lane_json(const lane_row& lane) {
  return dump({{"env", lane.lane.env},
               {"lane", lane.lane.lane},
               {"enabled", lane.settings.enabled},
               {"reason", lane.settings.reason},
               {"ticks_per_day", optional_value(lane.settings.ticks_per_day)},
               {"concurrent_runs", optional_value(lane.settings.concurrent_runs)},
               {"usage_day", lane.usage.day},
               {"usage_ticks", lane.usage.ticks},
               {"owned_runs", lane.usage.concurrent_runs}});
}

std::string lease_json(const lease_row& lease, const boot_instant& now) {
  document result{{"run", to_string(lease.run)}, {"token", lease.lease.token}};
  result["owner"] = lease.lease.owner ? document(to_string(*lease.lease.owner)) : document();
  const bool same_boot = lease.lease.expires.boot_id == now.boot_id;
  const std::chrono::duration<double> left = lease.lease.expires.since_boot - now.since_boot;
  result["expires_in_seconds"] = same_boot ? document(left.count()) : document();
  result["live"] = is_live(lease.lease, now);
  return dump(result);
}

std::string audit_json(const audit_row& row) {
  auto detail = document::parse(row.detail, nullptr, false);
  return dump({{"id", row.id},
               {"at", to_string(row.at)},
               {"actor", row.actor},
               {"action", row.action},
               {"subject", row.subject},
               {"detail", detail.is_discarded() ? document(row.detail) : std::move(detail)}});
}

} // namespace sluice
