#pragma once

#include "model/config/finding.hpp"
#include "model/rules/rule.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Reads the YAML text of one rule and checks everything: members, their types and bounds, the pattern as RE2
/// sees it, confidences, ids. Appends every finding, with line and column, in the order of the text. Returns
/// nothing when one of them is an error. Never throws for what is in `text`.
std::optional<rule> read_rule(std::string_view text, findings& out);

/// Returns a YAML text that `read_rule` reads as `what`, always the same for the same rule.
std::string write_rule(const rule& what);

/// Returns true for what the id of a rule may be: letters, digits, `_`, `-` and `.`, first a letter, a digit
/// or
/// `_`; at most 128.
bool is_rule_id(std::string_view id) noexcept;

} // namespace sluice
