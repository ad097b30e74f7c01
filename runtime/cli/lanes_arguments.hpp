#pragma once

#include <cstdint>
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

/// A cap as it is to be: none, or a number.
using lane_cap = std::optional<std::uint64_t>;

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
  bool json = false;
  lanes_action action;
};

} // namespace sluice
