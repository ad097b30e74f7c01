#pragma once

#include "model/config/source_position.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace sluice {

/// The codes of findings. docs/findings.md explains each.
namespace finding_code {
/// A code that docs/findings.md explains.
/// @{
inline constexpr const char* unknown_node = "UNKNOWN_NODE";
inline constexpr const char* unknown_port = "UNKNOWN_PORT";
inline constexpr const char* unknown_type = "UNKNOWN_TYPE";
inline constexpr const char* unknown_option = "UNKNOWN_OPTION";
inline constexpr const char* bad_value = "BAD_VALUE";
inline constexpr const char* bad_capacity = "BAD_CAPACITY";
inline constexpr const char* duplicate_node = "DUPLICATE_NODE";
inline constexpr const char* duplicate_edge = "DUPLICATE_EDGE";
inline constexpr const char* type_mismatch = "TYPE_MISMATCH";
inline constexpr const char* missing_input = "MISSING_INPUT";
inline constexpr const char* no_consumer = "NO_CONSUMER";
inline constexpr const char* deadlock_cycle = "DEADLOCK_CYCLE";
inline constexpr const char* bad_expose = "BAD_EXPOSE";
inline constexpr const char* bad_name = "BAD_NAME";
inline constexpr const char* syntax = "SYNTAX";
inline constexpr const char* unknown_kind = "UNKNOWN_KIND";
inline constexpr const char* unknown_step = "UNKNOWN_STEP";
inline constexpr const char* step_cycle = "STEP_CYCLE";
inline constexpr const char* duplicate_key = "DUPLICATE_KEY";
inline constexpr const char* duplicate_rule = "DUPLICATE_RULE";
inline constexpr const char* rules_unavailable = "RULES_UNAVAILABLE";
inline constexpr const char* bad_reference = "BAD_REFERENCE";
inline constexpr const char* too_large = "TOO_LARGE";
inline constexpr const char* not_allowed = "NOT_ALLOWED";
/// @}
} // namespace finding_code

/// One thing that is wrong, or doubtful, about a configuration.
struct finding {
  /// Errors forbid running.
  enum class level { error, warning };

  /// Whether it forbids running.
  level severity = level::error;
  /// One of `finding_code`.
  std::string code;
  /// The place in the configuration's own structure, e.g. `nodes.parse.type`.
  std::string path;
  /// One sentence: the value, what is wrong, and the remedy or the nearest known name.
  std::string text;
  /// Where it stands in the file, if that is known.
  source_position position;

  /// True when it forbids running.
  bool is_error() const noexcept { return severity == level::error; }
};

/// In the order in which they were found.
using findings = std::vector<finding>;

/// Returns true when at least one of them forbids running.
inline bool has_errors(const findings& all) noexcept {
  return std::any_of(all.begin(), all.end(), [](const finding& one) { return one.is_error(); });
}

/// Returns `FILE:LINE:COLUMN: error: PATH: TEXT [CODE]`; without the parts that are not known.
std::string to_string(const finding& one, const std::string& file = {});

} // namespace sluice
