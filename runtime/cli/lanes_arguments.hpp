#pragma once

#include "runtime/cli/http_server_arguments.hpp"
#include "runtime/wire/lane_change.hpp"

#include <optional>
#include <string>
#include <variant>

namespace sluice {

struct lanes_list_arguments {};

struct lanes_show_arguments {
  /// `lane` or `env/lane`.
  std::string lane;
};

/// `enable` and `disable`.
struct lanes_switch_arguments {
  std::string lane;
  bool enabled = true;
  std::string reason;
  std::string by;
};

struct lanes_set_arguments {
  std::string lane;
  /// Nothing: as it is.
  std::optional<lane_cap> ticks_per_day;
  std::optional<lane_cap> concurrent_runs;
  std::string by;
};

using lanes_action =
    std::variant<lanes_list_arguments, lanes_show_arguments, lanes_switch_arguments, lanes_set_arguments>;

/// `sluice lanes …`.
struct lanes_arguments {
  /// The database file; empty: what SLUICE_DB says.
  std::string database;
  /// The server, when there is to be one.
  server_arguments server;
  /// Nothing: as `shows_json` decides.
  std::optional<bool> json;
  lanes_action action;
};

} // namespace sluice
