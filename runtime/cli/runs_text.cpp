#include "runtime/cli/runs_text.hpp"

#include "runtime/cli/flow_report.hpp"
#include "runtime/cli/text_table.hpp"
#include "runtime/wire/lane_name.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

namespace sluice {

namespace {

constexpr auto right = text_table::side::right;

/// Without milliseconds, which nobody compares by eye.
std::string second_of(utc_time moment) {
  auto text = to_string(moment);
  return text.replace(text.find('.'), std::string::npos, "Z");
}

std::string second_of(const std::optional<utc_time>& moment) {
  return moment ? second_of(*moment) : std::string();
}

/// Returns a string as it is when it is one plain word, and otherwise as JSON.
std::string show_value(const nlohmann::ordered_json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const auto special = [](char c) { return c == ' ' || c == '"' || c == '=' || c == '\\' || c == '\n'; };
    if (!text.empty() && std::none_of(text.begin(), text.end(), special))
      return text;
  }
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string show_payload(const json& payload) {
  std::string all;
  if (!payload.value().is_object())
    return all;
  for (const auto& [name, value] : payload.value().items())
    if (value != "")
      all += fmt::format("{}{}={}", all.empty() ? "" : " ", name, show_value(value));
  return all;
}

std::string show_error(const std::string& code, const std::string& text) {
  return code.empty() ? text : fmt::format("{}: {}", code, text);
}

/// Results may be long; JSON output has all of them.
std::string show_result(const json& result) {
  constexpr std::size_t shown = 100;
  if (result.value().is_null())
    return {};
  auto text = one_line(result.dump());
  if (text.size() <= shown)
    return text;
  auto end = shown;
  while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end; // not within a character
  return text.substr(0, end) + "…";
}

std::string lasted(const step_row& step) {
  if (!step.started_at || !step.finished_at)
    return {};
  const std::chrono::duration<double> time = *step.finished_at - *step.started_at;
  return fmt::format("{:.3f} s", time.count());
}

/// Lines of `name  value`, without those that say nothing.
class field_list {
public:
  void add(std::string_view name, const std::string& value) {
    if (!value.empty())
      text_ += fmt::format("{:<14}{}\n", name, one_line(value));
  }
  const std::string& text() const noexcept { return text_; }

private:
  std::string text_;
};

std::string fields_of(const run_view& view) {
  const auto& run = view.row;
  field_list fields;
  fields.add("run", to_string(run.id));
  fields.add("status", std::string(to_string(run.status)));
  fields.add("error", show_error(run.error_code, run.error_text));
  fields.add("lane", to_string(lane_queue{run.env, run.lane}));
  fields.add("job type", run.job_type);
  fields.add("mode", run.mode);
  fields.add("requested by", run.requested_by);
  fields.add("priority", run.priority == 0 ? "" : fmt::format("{}", run.priority));
  fields.add("key", run.idempotency_key.value_or(""));
  fields.add("parent", run.parent_run_id.empty() ? "" : to_string(run.parent_run_id));
  fields.add("retry of", run.retry_of.empty() ? "" : to_string(run.retry_of));
  fields.add("created", second_of(run.created_at));
  fields.add("due", run.available_at > run.created_at && !is_terminal(run.status)
                        ? second_of(run.available_at)
                        : "");
  fields.add("started", second_of(run.started_at));
  fields.add("finished", second_of(run.finished_at));
  fields.add("owner", view.lease.owner ? to_string(*view.lease.owner) : "");
  if (!view.params.value().is_null() && !view.params.value().empty())
    fields.add("params", view.params.dump());
  return fields.text();
}

std::string steps_of(const run_view& view) {
  text_table table(
      {{"STEP"}, {"KIND"}, {"STATUS"}, {"ATTEMPTS", right}, {"TOOK", right}, {"RESULT OR ERROR"}});
  for (const auto& step : view.steps) {
    const auto* const spec = view.graph.find(step.step);
    const auto& progress = step.progress;
    const bool failed = !progress.error_text.empty() || !progress.error_code.empty();
    const auto end =
        failed ? show_error(progress.error_code, progress.error_text) : show_result(progress.result);
    table.add({step.step, spec != nullptr ? spec->kind : "", std::string(to_string(progress.status)),
               fmt::format("{}", progress.attempts), lasted(step), end});
  }
  return table.to_string();
}

std::string commands_of(const run_view& view) {
  text_table table({{"AT"}, {"COMMAND"}, {"STATE"}, {"BY"}, {"REASON"}});
  for (const auto& command : view.commands) {
    const char* const state = command.state == command_state::undelivered ? "undelivered"
                              : command.state == command_state::delivered ? "delivered"
                                                                          : "replaced";
    table.add(
        {second_of(command.at), std::string(to_string(command.command)), state, command.by, command.reason});
  }
  return table.empty() ? std::string() : "\n" + table.to_string();
}

std::string show_cap(const std::optional<std::uint64_t>& cap) {
  return cap ? fmt::format("{}", *cap) : std::string();
}

} // namespace

std::string runs_table(const std::vector<run_row>& runs) {
  text_table table(
      {{"RUN"}, {"STATUS"}, {"LANE"}, {"JOB TYPE"}, {"PRIORITY", right}, {"CREATED"}, {"FINISHED"}});
  for (const auto& run : runs)
    table.add({to_string(run.id), std::string(to_string(run.status)),
               to_string(lane_queue{run.env, run.lane}), run.job_type, fmt::format("{}", run.priority),
               second_of(run.created_at), second_of(run.finished_at)});
  return table.to_string();
}

std::string run_text(const run_view& view) {
  return fields_of(view) + "\n" + steps_of(view) + commands_of(view);
}

std::string event_line(const run_event& event, bool of_all_runs) {
  const auto place = of_all_runs ? fmt::format("{:>8}  {}", event.id, to_string(event.run))
                                 : fmt::format("{:>5}", event.seq);
  auto line = fmt::format("{}  {}  {:<15}  {}", to_string(event.at), place, to_string(event.kind),
                          one_line(show_payload(event.payload)));
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::string lanes_table(const std::vector<lane_row>& lanes) {
  text_table table({{"LANE"},
                    {"SWITCH"},
                    {"TICKS PER DAY", right},
                    {"CONCURRENT", right},
                    {"TICKS", right},
                    {"ON DAY"},
                    {"OWNED", right},
                    {"REASON"}});
  for (const auto& lane : lanes)
    table.add({to_string(lane.lane), lane.settings.enabled ? "enabled" : "disabled",
               show_cap(lane.settings.ticks_per_day), show_cap(lane.settings.concurrent_runs),
               fmt::format("{}", lane.usage.ticks), lane.usage.day,
               fmt::format("{}", lane.usage.concurrent_runs), lane.settings.reason});
  return table.to_string();
}

std::string worker_line(const worker_report& report) {
  return fmt::format("{} tick{}: {} succeeded, {} failed, {} cancelled, {} handed back; {}\n",
                     grouped(report.ticks), report.ticks == 1 ? "" : "s", grouped(report.succeeded),
                     grouped(report.failed), grouped(report.cancelled), grouped(report.handed_back),
                     to_string(report.last));
}

} // namespace sluice
