#pragma once

#include "persistence/store/rule_table.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Each returns one JSON object on one line, without a line feed; what there is none of is null. Times are
/// UTC ISO 8601. docs/openapi.json describes them.

/// An item of a list: `id version name state hits`.
std::string rule_json(const rule_facts& rule);
/// The same with what the definition says: `description applies_to match emits`, null without one.
std::string rule_view_json(const rule_facts& rule);
/// The answer to an order: an item of a list with `persisted` and `published`, both true.
std::string rule_answer_json(const rule_facts& rule);
/// `place level code path message line column`.
std::string rule_finding_json(const rule_finding& found);
/// `at kind finding`: what `tail` says of a finding, `found` or `mended`.
std::string rule_finding_news_json(utc_time at, std::string_view kind, const rule_finding& found);
/// `valid rules files findings more_findings`.
std::string rule_check_json(const rule_check& check);
/// `defined removed unchanged complete findings more_findings`.
std::string rule_copy_json(const rule_copy& copy);
/// `id at kind rule by definition state`; the definition is YAML text.
std::string rule_change_json(const rule_change_row& change);
/// `rule definition state`, as in a change: what a follower begins with.
std::string rule_present_json(const rule_present& present);

/// The body of `PUT /api/v1/rules/RULE/state`.
std::string rule_order_json(const rule_order& order);
/// The body of `POST /api/v1/rules/validate`.
std::string rule_files_json(const std::vector<rule_file>& files);

/// Two members of an object: `findings`, as many as fit into a thousand and a megabyte, and `more_findings`,
/// how many do not.
std::string findings_members(const told_findings& found);
/// The same of all there are.
std::string findings_members(const std::vector<rule_finding>& found);

} // namespace sluice
