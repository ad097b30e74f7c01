#pragma once

#include "model/base/defaults.hpp"
#include "runtime/cli/config_arguments.hpp"
#include "runtime/cli/db_arguments.hpp"
#include "runtime/cli/flows_arguments.hpp"
#include "runtime/cli/lanes_arguments.hpp"
#include "runtime/cli/leases_arguments.hpp"
#include "runtime/cli/rules_arguments.hpp"
#include "runtime/cli/runs_arguments.hpp"
#include "runtime/cli/serve_arguments.hpp"
#include "runtime/cli/top_arguments.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sluice {

/// How a flow is run and shown; `run` and `demo` share it.
struct flow_arguments {
  /// `json` or `text`; nothing: text when stderr is a terminal.
  std::optional<std::string> summary;
  /// `ADDRESS:PORT` for /metrics; empty: none.
  std::string listen;
  std::chrono::nanoseconds drain_timeout = defaults::drain_timeout;
  bool quiet = false;
  /// 0: one per core.
  std::size_t workers = 0;
  bool sharing = true;
  /// `debug`, `info`, `warning` or `error`.
  std::string log_level = "warning";
  /// `json` or `text`; nothing: text when stderr is a terminal.
  std::optional<std::string> log_format;
};

struct run_arguments {
  /// `-`: standard input.
  std::string file;
  std::vector<std::string> assignments;
  flow_arguments flow;
};

struct validate_arguments {
  std::vector<std::string> files;
  std::vector<std::string> assignments;
  bool json = false;
};

struct graph_arguments {
  std::string file;
  std::vector<std::string> assignments;
  bool mermaid = false;
};

struct nodes_arguments {
  /// Empty: all.
  std::string name;
  bool json = false;
};

struct demo_arguments {
  flow_arguments flow;
};

struct completion_arguments {
  /// `bash`, `zsh` or `fish`.
  std::string shell;
};

/// One parsed command line.
using cli_command = std::variant<run_arguments, validate_arguments, graph_arguments, nodes_arguments,
                                 demo_arguments, runs_arguments, lanes_arguments, rules_arguments,
                                 leases_arguments, audit_arguments, flows_arguments, top_arguments,
                                 db_arguments, config_arguments, serve_arguments, completion_arguments>;

} // namespace sluice
