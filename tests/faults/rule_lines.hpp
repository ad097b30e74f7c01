#pragma once

#include "model/rules/rule_reader.hpp"
#include "model/rules/rule_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

namespace sluice {

/// A rule and its state as text of one line each, so that they can be told to another process; without a
/// definition, that is empty.
struct rule_line {
  std::string definition;
  std::string state;

  friend bool operator==(const rule_line&, const rule_line&) = default;
};
/// By id.
using rule_lines = std::map<std::string, rule_line>;

inline std::string line_of(const rule& definition) {
  auto text = write_rule(definition);
  std::replace(text.begin(), text.end(), '\n', '|');
  return text;
}

inline std::string line_of(const rule_state& state) {
  return fmt::format("{} {} '{}' '{}' {} {}", to_string(state.mode), state.confidence_max, state.reason,
                     state.by, state.at.time_since_epoch().count(),
                     state.expires_at ? to_string(*state.expires_at) : "-");
}

inline rule_lines lines_of(const rule_view& view) {
  rule_lines lines;
  for (const auto& [id, each] : view)
    lines[id] = {each.definition ? line_of(*each.definition) : "", line_of(each.state)};
  return lines;
}

} // namespace sluice
