#pragma once

#include "model/rules/rule_state.hpp"
#include "runtime/cli/http_server_arguments.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace sluice {

struct rules_list_arguments {};

struct rules_show_arguments {
  std::string rule;
};

/// `disable`, `enable` and `clip`.
struct rules_order_arguments {
  std::string rule = {};
  rule_mode mode = rule_mode::enabled;
  /// For `clip`.
  double confidence_max = 1;
  std::string reason = {};
  /// At most one of them. `until`: a moment as `resolve_moment` takes it; empty: none.
  std::optional<std::chrono::nanoseconds> lasts = {};
  std::string until = {};
  std::string by = {};
};

struct rules_tail_arguments {
  /// First the rules as they are.
  bool snapshot = false;
  /// Only changes after this number, those of the past included; none: from now on.
  std::optional<std::uint64_t> since;
  /// Ends after as many changes.
  std::optional<std::uint64_t> count;
  /// Ends when nothing is left to print.
  bool until_idle = false;
};

struct rules_validate_arguments {
  /// A directory, or a single file.
  std::string path;
};

struct rules_sync_arguments {
  /// Empty: that of a server.
  std::string directory;
  std::string by;
};

using rules_action = std::variant<rules_list_arguments, rules_show_arguments, rules_order_arguments,
                                  rules_tail_arguments, rules_validate_arguments, rules_sync_arguments>;

/// `sluice rules …`.
struct rules_arguments {
  /// The directory with the rules; empty: they are in a database or on a server.
  std::string directory;
  /// The database file; empty: what SLUICE_DB says.
  std::string database;
  /// The server, when there is to be one.
  server_arguments server;
  /// Nothing: as `shows_json` decides.
  std::optional<bool> json;
  rules_action action;
};

} // namespace sluice
