#include "runtime/cli/runs_command_line.hpp"

#include "model/base/name.hpp"
#include "model/config/quantity.hpp"
#include "runtime/cli/command_options.hpp"
#include "runtime/cli/grouped_command.hpp"
#include "runtime/wire/lane_name.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <limits>
#include <string>
#include <utility>

namespace sluice {

namespace {

/// Numbers of events are signed in the database.
constexpr std::uint64_t highest_number = std::numeric_limits<std::int64_t>::max();

std::string name_complaint(const std::string& text) {
  return is_valid_name(text) ? std::string{}
                             : fmt::format("'{}' is no name: use letters, digits, _ and -, and begin with a "
                                           "letter or _",
                                           text);
}

std::string ttl_complaint(const std::string& text) {
  const auto ttl = parse_duration(text);
  if (ttl && *ttl >= defaults::lease_ttl_minimum && *ttl <= defaults::lease_ttl_limit)
    return {};
  return fmt::format("'{}' is not a duration from 500ms to 1h", text);
}

void add_place(CLI::App& command, std::string& env, std::string& lane, const char* which) {
  command.add_option("--env", env, fmt::format("The environment{}", which))
      ->check(name_complaint)
      ->type_name("NAME");
  command.add_option("--lane", lane, fmt::format("The lane in it{}", which))
      ->check(name_complaint)
      ->type_name("NAME");
}

void add_size(CLI::App& command, const char* name, std::size_t& value, const char* description) {
  command.add_option(name, value, description)
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->type_name("N");
}

std::vector<std::string> status_names() {
  std::vector<std::string> names;
  for (const auto status : all_run_statuses())
    names.emplace_back(to_string(status));
  return names;
}

/// Adds commands to the group `runs`. What is parsed lives as long as the parser, which keeps the callbacks.
class runs_group {
public:
  runs_group(CLI::App& app, std::optional<cli_command>& chosen)
      : group_(*app.add_subcommand("runs", "Submit, watch, command and work on durable runs")),
        chosen_(chosen) {
    group_.require_subcommand(1);
    group_.footer("Runs are in a database (--db, SLUICE_DB) or on a server (--url, SLUICE_URL). An option "
                  "goes before\nthe environment, and there SLUICE_URL before SLUICE_DB.");
  }

  void add_all() {
    add_submit();
    add_list();
    add_show();
    add_events();
    add_order(run_command::pause, "Let a run pause at its next step boundary");
    add_order(run_command::resume,
              "Let a run go on; one that failed or was cancelled begins anew where it was");
    add_order(run_command::cancel, "Cancel a run and its children; steps under way get a grace period");
    add_order(run_command::intervene, "Take over a run by hand; resume or fail ends that");
    add_order(run_command::fail, "End a run that somebody intervened in as failed");
    add_retry();
    add_tick();
    add_work();
  }

private:
  /// Makes `command_` and returns what its options are to fill.
  template <class Action>
  Action* add(const std::string& name, const char* description) {
    auto& given = add_grouped<runs_arguments, Action>(group_, name, description, chosen_, command_);
    add_database_or_server(*command_, given.common.database, given.common.server);
    add_output(*command_, given.common.json);
    return &given.action;
  }

  void add_follow(bool& follow, const char* description) {
    command_->add_flag("--follow", follow, description);
  }

  void add_submit() {
    auto* const action = add<runs_submit_arguments>("submit", "Make a run of a step graph and print its id");
    command_->add_option("FILE", action->file, "The step graph, as JSON or YAML; - reads standard input")
        ->required()
        ->type_name("FILE");
    add_place(*command_, action->env, action->lane, " (default: default)");
    command_->add_option("--job-type", action->job_type, "What kind of job it is, to list by")
        ->type_name("TEXT");
    command_->add_option("--mode", action->mode, "Free for the job's use")->type_name("TEXT");
    command_->add_option("--params", action->params, "The run's params: a JSON object, or @FILE")
        ->type_name("JSON|@FILE");
    command_->add_option("--priority", action->priority, "Runs of a higher priority go first (default 0)")
        ->type_name("N");
    add_moment(*command_, "--at", action->at, "Not before this UTC time, or not for this long, as in 10m");
    command_
        ->add_option_function<std::string>(
            "--key", [action](const std::string& key) { action->key = key; },
            "Idempotency key: the same submission under the same key is the same run")
        ->type_name("KEY");
    add_by(*command_, action->by);
    add_run_id(
        *command_, "--parent", [action](const uuid& parent) { action->parent = parent; },
        "The run that spawns it; a cancel of that one reaches it");
    add_follow(action->follow, "Print what happens to it until it is over; see events");
    command_->footer(
        "Everything that is wrong with the graph is reported at once (exit status 78). With --key, "
        "write --at as a time:\na duration means another time at each submission.");
  }

  void add_list() {
    auto* const action = add<runs_list_arguments>("list", "List runs, newest first");
    add_place(*command_, action->env, action->lane, "; only runs of this one");
    add_choice(
        *command_, "--status", status_names(),
        [action](const std::string& name) { action->status = parse_run_status(name); },
        "Only runs in this status");
    command_->add_option("--job-type", action->job_type, "Only runs of this job type")->type_name("TEXT");
    add_moment(*command_, "--since", action->since,
               "Only runs made at or after this UTC time, or in the last 1h");
    command_->add_option("--limit", action->limit, "How many at most (default 100)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
        ->type_name("N");
    add_run_id(
        *command_, "--before", [action](const uuid& run) { action->before = run; },
        "Only runs made before this one: where the last list ended");
  }

  void add_show() {
    auto* const action =
        add<runs_show_arguments>("show", "Show everything about a run: steps, results, commands");
    add_run_id(
        *command_, "RUN", [action](const uuid& run) { action->run = run; }, "The run's id")
        ->required();
    add_follow(action->follow, "Then print what happens to it until it is over; see events");
  }

  void add_events() {
    auto* const action = add<runs_events_arguments>("events", "Print what happened to a run, or to all");
    auto* const run = add_run_id(
        *command_, "RUN", [action](const uuid& id) { action->run = id; }, "The run's id; or --all");
    auto* const all = command_->add_flag("--all", action->all, "Events of all runs")->excludes(run);
    command_->add_option("--since", action->since, "Only events after this number; with --all, after this id")
        ->check(CLI::Range(std::uint64_t{0}, highest_number))
        ->type_name("N");
    add_count(*command_, "--limit", action->limit, 1, "How many at most");
    add_follow(action->follow, "Go on as they happen, until the run is over or Ctrl-C");
    command_->footer("With --follow the exit status is 0 when the run has succeeded and 1 when it failed or "
                     "was cancelled.\nA server that goes away is waited for.");
    command_->parse_complete_callback([run, all] {
      if (run->count() == 0 && all->count() == 0)
        throw CLI::RequiredError("RUN or --all");
    });
  }

  void add_order(run_command which, const char* description) {
    auto* const action = add<runs_order_arguments>(std::string(to_string(which)), description);
    action->command = which;
    add_run_id(
        *command_, "RUN", [action](const uuid& run) { action->run = run; }, "The run's id")
        ->required();
    command_->add_option("--reason", action->reason, "Why, for those who look later")->type_name("TEXT");
    add_by(*command_, action->by);
    command_->footer(
        "Prints the run's status after the command. When a worker is on the run it acts a moment later.");
  }

  void add_retry() {
    auto* const action =
        add<runs_retry_arguments>("retry", "Make a new run like one that is over, and print its id");
    add_run_id(
        *command_, "RUN", [action](const uuid& run) { action->run = run; }, "The run's id")
        ->required();
    add_by(*command_, action->by);
  }

  void add_tick() {
    auto* const action =
        add<runs_tick_arguments>("tick", "Take one step of one run, and print what came of it");
    add_place(*command_, action->env, action->lane, " (default: default)");
    command_->footer(
        "Prints ticked, idle_no_runs, idle_lane_disabled, idle_cap_reached, idle_lease_held or error "
        "(exit status 1).");
  }

  void add_work() {
    auto* const action = add<runs_work_arguments>("work", "Work on runs until a signal comes");
    command_
        ->add_option("--lane", action->lanes,
                     "A lane, as LANE or ENV/LANE; may be repeated (default: default)")
        ->check(lane_complaint)
        ->allow_extra_args(false)
        ->type_name("LANE");
    command_->add_flag("--until-idle", action->until_idle, "End when nothing is due");
    add_size(*command_, "--parallel", action->parallel_runs, "Runs in hand at a time (default 64)");
    add_size(*command_, "--parallel-steps", action->parallel_steps,
             "Steps of one run under way at a time (default 4)");
    add_count(*command_, "--max-ticks", action->ticks, 1, "Take this many steps at most");
    add_count(*command_, "--max-ticks-per-run", action->ticks_per_run, 1,
              "Take this many steps of one run at most");
    command_
        ->add_option_function<std::string>(
            "--lease-ttl", [action](const std::string& text) { action->lease_ttl = *parse_duration(text); },
            "After how long others may take over when this process stands still (default 15s)")
        ->check(ttl_complaint)
        ->type_name("DURATION");
    add_duration(*command_, "--drain-timeout", action->drain_timeout,
                 "How long steps under way may take after the first signal (default 30s)");
    command_->add_flag("--enable", action->enable, "Work even where SLUICE_WORKER_ENABLED=false forbids it");
    command_->add_flag("-q,--quiet", action->quiet, "No notices; logs errors only");
    command_->add_option("--workers", action->threads, "Worker threads (default: one per core)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1024}))
        ->type_name("N");
    add_log(*command_, action->log_level, action->log_format);
    command_->footer(
        "The first SIGINT or SIGTERM lets steps under way end and hands their runs back; the second ends "
        "at once.\nA run that fails is no failure of the worker: the exit status is 0.");
  }

  CLI::App& group_;
  /// The one that was added last.
  CLI::App* command_ = nullptr;
  std::optional<cli_command>& chosen_;
};

} // namespace

void add_runs_commands(CLI::App& app, std::optional<cli_command>& chosen) {
  runs_group(app, chosen).add_all();
}

} // namespace sluice
