#include "runtime/wire/runs_reader.hpp"

#include "model/base/error.hpp"
#include "model/run/step_graph_reader.hpp"
#include "runtime/wire/answer_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// Reads one of a set of words.
template <class Parse>
auto read_word(const answer_fields& fields, const char* name, Parse parse, const char* wanted) {
  const auto value = parse(fields.text(name));
  if (!value)
    fields.refuse(name, wanted);
  return *value;
}

run_status read_status(const answer_fields& fields) {
  return read_word(fields, "status", parse_run_status, "a status of a run");
}

std::int32_t read_priority(const answer_fields& fields) {
  const auto value = fields.number("priority");
  if (value < std::numeric_limits<std::int32_t>::min() || value > std::numeric_limits<std::int32_t>::max())
    fields.refuse("priority", "a priority");
  return static_cast<std::int32_t>(value);
}

json copy_of(const ordered_json* value) {
  return value != nullptr ? json(*value) : json();
}

std::uint32_t read_small(const answer_fields& fields, const char* name) {
  const auto value = fields.count(name);
  if (value > std::numeric_limits<std::uint32_t>::max())
    fields.refuse(name, "a number of attempts");
  return static_cast<std::uint32_t>(value);
}

step_row read_step(const ordered_json& answer) {
  const answer_fields fields(answer, "step");
  step_row step;
  step.step = fields.text("step");
  step.progress.status = read_word(fields, "status", parse_step_status, "a status of a step");
  step.progress.attempts = read_small(fields, "attempts");
  step.progress.failures = read_small(fields, "failures");
  step.progress.lost_in_row = read_small(fields, "lost_in_row");
  step.progress.not_before = fields.optional_time("not_before");
  step.progress.result = copy_of(fields.find("result"));
  step.progress.error_code = fields.optional_text("error_code").value_or("");
  step.progress.error_text = fields.optional_text("error_text").value_or("");
  step.started_at = fields.optional_time("started_at");
  step.finished_at = fields.optional_time("finished_at");
  return step;
}

std::optional<command_state> parse_command_state(std::string_view text) {
  if (text == "undelivered")
    return command_state::undelivered;
  if (text == "delivered")
    return command_state::delivered;
  return text == "replaced" ? std::optional(command_state::replaced) : std::nullopt;
}

command_row read_command(const ordered_json& answer, const uuid& run) {
  const answer_fields fields(answer, "command");
  command_row command;
  command.id = fields.number("id");
  command.run = run;
  command.command = read_word(fields, "command", parse_run_command, "a command");
  command.by = fields.optional_text("requested_by").value_or("");
  command.reason = fields.optional_text("reason").value_or("");
  command.at = fields.time("at");
  command.state = read_word(fields, "state", parse_command_state, "a state of a command");
  return command;
}

lease_record read_lease(const ordered_json& answer) {
  const answer_fields fields(answer, "lease");
  lease_record lease;
  lease.token = fields.count("token");
  if (const auto owner = fields.optional_text("owner")) {
    lease.owner = parse_lease_owner(*owner);
    if (!lease.owner)
      fields.refuse("owner", "an owner of a lease");
  }
  return lease;
}

step_graph read_graph(const answer_fields& fields) {
  const auto* const graph = fields.find("run_graph");
  if (graph == nullptr)
    fields.refuse("run_graph", "a step graph");
  try {
    return load_step_graph(graph->dump());
  } catch (const error& trouble) {
    throw error("bad_answer", fmt::format("the server's answer cannot be read: {}; is the server newer than "
                                          "this client?",
                                          trouble.what()));
  }
}

} // namespace

run_row read_run(const ordered_json& answer) {
  const answer_fields fields(answer, "run");
  run_row run;
  run.id = fields.id("id");
  run.env = fields.text("env");
  run.lane = fields.text("lane");
  run.mode = fields.optional_text("mode").value_or("");
  run.job_type = fields.optional_text("job_type").value_or("");
  run.requested_by = fields.optional_text("requested_by").value_or("");
  run.status = read_status(fields);
  run.priority = read_priority(fields);
  run.available_at = fields.time("available_at");
  run.created_at = fields.time("created_at");
  run.updated_at = fields.time("updated_at");
  run.started_at = fields.optional_time("started_at");
  run.finished_at = fields.optional_time("finished_at");
  run.parent_run_id = fields.optional_id("parent_run_id").value_or(uuid{});
  run.retry_of = fields.optional_id("retry_of").value_or(uuid{});
  run.idempotency_key = fields.optional_text("idempotency_key");
  run.error_code = fields.optional_text("error_code").value_or("");
  run.error_text = fields.optional_text("error_text").value_or("");
  run.version = fields.count("version");
  run.last_seq = fields.count("last_seq");
  run.owned = fields.flag("owned");
  return run;
}

run_view read_run_view(const ordered_json& answer) {
  run_view view;
  view.row = read_run(answer);
  const answer_fields fields(answer, "run");
  view.graph = read_graph(fields);
  view.params = copy_of(fields.find("params"));
  for (const auto& step : fields.list("steps"))
    view.steps.push_back(read_step(step));
  for (const auto& command : fields.list("commands"))
    view.commands.push_back(read_command(command, view.row.id));
  if (const auto* const lease = fields.find("lease"))
    view.lease = read_lease(*lease);
  return view;
}

run_event read_event(const ordered_json& answer) {
  const answer_fields fields(answer, "event");
  run_event event;
  event.id = fields.number("id");
  event.run = fields.id("run");
  event.seq = fields.count("seq");
  event.kind = read_word(fields, "kind", parse_run_event_kind, "a kind of event that this client knows");
  event.at = fields.time("at");
  event.payload = copy_of(fields.find("payload"));
  return event;
}

bool is_known_event(const ordered_json& answer) {
  return parse_run_event_kind(answer_fields(answer, "event").text("kind")).has_value();
}

created_run read_created(const ordered_json& answer) {
  const answer_fields fields(answer, "run");
  return {fields.id("id"), fields.flag("existing")};
}

command_answer read_command_answer(const ordered_json& answer) {
  const answer_fields fields(answer, "answer");
  return {fields.flag("changed"), read_status(fields)};
}

tick_report read_tick(const ordered_json& answer) {
  const answer_fields fields(answer, "tick");
  tick_report tick;
  tick.outcome = read_word(fields, "outcome", parse_tick_outcome, "an outcome of a tick");
  tick.run = fields.optional_id("run").value_or(uuid{});
  if (!tick.run.empty())
    tick.status = read_status(fields);
  tick.error_code = fields.optional_text("error_code").value_or("");
  tick.error_text = fields.optional_text("error_text").value_or("");
  return tick;
}

lane_row read_lane(const ordered_json& answer) {
  const answer_fields fields(answer, "lane");
  lane_row lane;
  lane.lane = {fields.text("env"), fields.text("lane")};
  lane.settings.enabled = fields.flag("enabled");
  lane.settings.reason = fields.optional_text("reason").value_or("");
  lane.settings.ticks_per_day = fields.optional_count("ticks_per_day");
  lane.settings.concurrent_runs = fields.optional_count("concurrent_runs");
  lane.usage.day = fields.optional_text("usage_day").value_or("");
  lane.usage.ticks = fields.optional_count("usage_ticks").value_or(0);
  lane.usage.concurrent_runs = fields.optional_count("owned_runs").value_or(0);
  return lane;
}

} // namespace sluice
