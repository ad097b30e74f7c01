#include "model/base/error.hpp"
#include "model/run/worker_gate.hpp"
#include "runtime/cli/console.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/log_writer.hpp"
#include "runtime/cli/output_end.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_text.hpp"
#include "runtime/cli/stop_signals.hpp"
#include "runtime/embed/rule_keepers.hpp"
#include "runtime/server/step_kinds.hpp"
#include "runtime/wire/lane_name.hpp"
#include "runtime/wire/runs_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <ostream>

namespace sluice {

namespace {

/// Time between two looks whether a second signal has come.
constexpr std::chrono::milliseconds worker_look_period{100};

std::chrono::milliseconds in_milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time);
}

void require_permission(const runs_work_arguments& arguments, const cli_streams& streams) {
  worker_wish wish;
  wish.asker = worker_asker::person;
  if (arguments.enable)
    wish.option = true;
  if (streams.environment)
    wish.environment = streams.environment("SLUICE_WORKER_ENABLED");
  if (const auto permission = worker_gate(wish); !permission.enabled)
    throw error("worker_disabled", permission.reason + "; --enable overrules that");
}

worker_options options_of(const runs_work_arguments& arguments) {
  worker_options options;
  if (!arguments.lanes.empty())
    options.lanes.clear();
  for (const auto& lane : arguments.lanes)
    options.lanes.push_back(parse_lane(lane));
  options.parallel_runs = arguments.parallel_runs;
  options.parallel_steps = arguments.parallel_steps;
  options.caps = {arguments.ticks, arguments.ticks_per_run};
  options.until_idle = arguments.until_idle;
  return options;
}

log_writer::settings log_settings(const runs_work_arguments& arguments, const cli_streams& streams) {
  log_writer::settings wanted;
  wanted.level = arguments.quiet ? "error" : arguments.log_level;
  wanted.json = arguments.log_format ? *arguments.log_format == "json" : !streams.err_is_terminal;
  wanted.colours = streams.colours();
  return wanted;
}

/// The first signal lets steps under way end, the second does not.
class worker_signals {
public:
  worker_signals(run_runtime& runtime, log_writer& log, std::chrono::milliseconds drain_timeout)
      : runtime_(runtime), log_(log), drain_timeout_(drain_timeout) {}

  void operator()(int signal, unsigned count) {
    if (count == 1) {
      log_.announce("worker_stopping",
                    "stopping: nothing new begins and steps under way may end; a second signal ends at once");
      runtime_.stop_worker(drain_timeout_);
    } else if (count == 2) {
      ending_ = signal;
    }
  }

  std::optional<int> ending() const {
    const int signal = ending_;
    return signal == 0 ? std::nullopt : std::optional(signal);
  }

private:
  run_runtime& runtime_;
  log_writer& log_;
  std::chrono::milliseconds drain_timeout_;
  std::atomic<int> ending_{0};
};

/// Returns the report, or nothing when a second signal came.
std::optional<worker_report> wait_for(run_runtime& runtime, const worker_signals& response) {
  while (!response.ending())
    if (auto report = runtime.wait_for_worker(worker_look_period))
      return report;
  return std::nullopt;
}

std::string lane_list(const std::vector<lane_queue>& lanes) {
  std::vector<std::string> names;
  for (const auto& lane : lanes)
    names.push_back(to_string(lane));
  return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace

int work_on(const runs_work_arguments& arguments, const std::filesystem::path& database, bool json,
            cli_streams& streams) {
  require_permission(arguments, streams);
  const auto options = options_of(arguments);
  std::optional<signal_block> block(std::in_place);
  console screen(streams.err);
  log_writer log(screen, log_settings(arguments, streams));
  const auto rules = std::make_shared<rule_keepers>(rule_keepers_settings{log.sink(), {}});
  run_options settings;
  settings.database = database;
  settings.steps = builtin_step_registry(log.sink(), {}, rules);
  settings.log = log.sink();
  settings.lease_ttl = in_milliseconds(arguments.lease_ttl);
  settings.workers = arguments.threads;
  run_runtime runtime(std::move(settings));
  const auto rules_use = rules->use_database(runtime);
  worker_signals response(runtime, log, in_milliseconds(arguments.drain_timeout));

  runtime.start_worker(options);
  if (!options.until_idle)
    log.announce("worker_started", fmt::format("working on {}; Ctrl-C stops", lane_list(options.lanes)));
  std::optional<worker_report> report;
  {
    const stop_signals signals(std::ref(response));
    report = wait_for(runtime, response);
  }
  if (!report) {
    const int status = exit_status::signal_base + *response.ending();
    if (streams.leave)
      // A destructor would wait for steps. The leases of a process that has ended are free at once.
      streams.leave(end_output(streams, status));
    return status;
  }
  // Printing may wait for a reader: from here on a signal ends the process.
  block.reset();
  streams.out << (json ? worker_json(*report) + '\n' : worker_line(*report));
  return report->last == tick_outcome::error ? exit_status::failed : exit_status::success;
}

} // namespace sluice
