#pragma once

#include "persistence/store/rule_table.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Each returns text for a person, in which every line ends with a line feed, lines are never wrapped, and
/// what users wrote is made harmless (`one_line`). Times are UTC.

/// A table of rules, in the given order; with hits if one of them has any number of them.
std::string rules_table(const std::vector<rule_facts>& rules);
/// Everything about a rule.
std::string rule_details(const rule_facts& rule);
/// One line: time, number, kind, rule and what became of it.
std::string rule_change_line(const rule_change_row& change);
/// One line: `present`, rule, version and state at `now`.
std::string rule_present_line(const rule_present& present, utc_time now);
/// `PLACE:LINE:COLUMN: error: PATH: TEXT [CODE]`.
std::string rule_finding_line(const rule_finding& found);
/// Such a line for each, and one that says how many more there are.
std::string findings_text(const told_findings& found);
/// One line: time, `found` or `mended`, and the finding.
std::string rule_finding_news_line(utc_time at, std::string_view kind, const rule_finding& found);

} // namespace sluice
