#pragma once

#include "model/base/uuid.hpp"
#include "model/run/run_command.hpp"
#include "model/run/run_defaults.hpp"
#include "model/run/run_status.hpp"
#include "runtime/cli/http_server_arguments.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sluice {

struct runs_submit_arguments {
  /// `-`: standard input.
  std::string file;
  std::string env = "default";
  std::string lane = "default";
  std::string mode;
  std::string job_type;
  /// JSON, or `@FILE`; empty: none.
  std::string params;
  std::int32_t priority = 0;
  /// A moment as `resolve_moment` takes it; empty: at once.
  std::string at;
  std::optional<std::string> key;
  std::string by;
  std::optional<uuid> parent;
  /// Prints the run's events until it is over.
  bool follow = false;
};

struct runs_list_arguments {
  /// Empty parts do not restrict.
  std::string env;
  std::string lane;
  std::optional<run_status> status;
  std::string job_type;
  std::string since;
  uuid before = {};
  std::size_t limit = 100;
};

struct runs_show_arguments {
  uuid run;
  /// Goes on with the run's events until it is over.
  bool follow = false;
};

struct runs_events_arguments {
  /// None: all runs.
  std::optional<uuid> run;
  /// Set when there is no run.
  bool all = false;
  /// Of one run: a number (`seq`); of all: an id.
  std::uint64_t since = 0;
  std::optional<std::uint64_t> limit;
  bool follow = false;
};

struct runs_order_arguments {
  run_command command = run_command::pause;
  uuid run = {};
  std::string reason = {};
  std::string by = {};
};

struct runs_retry_arguments {
  uuid run;
  std::string by;
};

struct runs_tick_arguments {
  std::string env = "default";
  std::string lane = "default";
};

struct runs_work_arguments {
  /// `lane` or `env/lane`; none: the default one.
  std::vector<std::string> lanes;
  bool until_idle = false;
  std::size_t parallel_runs = defaults::parallel_runs;
  std::size_t parallel_steps = defaults::parallel_steps;
  std::optional<std::uint64_t> ticks;
  std::optional<std::uint64_t> ticks_per_run;
  std::chrono::nanoseconds lease_ttl = defaults::lease_ttl;
  /// Time that steps under way get to end after the first signal.
  std::chrono::nanoseconds drain_timeout = std::chrono::seconds{30};
  /// Goes before SLUICE_WORKER_ENABLED.
  bool enable = false;
  bool quiet = false;
  /// 0: one per core.
  std::size_t threads = 0;
  std::string log_level = "warning";
  /// `json` or `text`; nothing: text when stderr is a terminal.
  std::optional<std::string> log_format;
};

/// What one of the commands `sluice runs …` is to do.
using runs_action =
    std::variant<runs_submit_arguments, runs_list_arguments, runs_show_arguments, runs_events_arguments,
                 runs_order_arguments, runs_retry_arguments, runs_tick_arguments, runs_work_arguments>;

/// `sluice runs …`.
struct runs_arguments {
  /// The database file; empty: what SLUICE_DB says.
  std::string database;
  /// The server, when there is to be one.
  server_arguments server;
  /// Nothing: as `shows_json` decides.
  std::optional<bool> json;
  runs_action action;
};

} // namespace sluice
