#pragma once

#include "persistence/store/rule_table.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <string>

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
/// `id at kind rule by definition state`; the definition is YAML text.
std::string rule_change_json(const rule_change_row& change);
/// `rule definition state`, as in a change: what a follower begins with.
std::string rule_present_json(const rule_present& present);

/// The body of `PUT /api/v1/rules/RULE/state`.
std::string rule_order_json(const rule_order& order);

} // namespace sluice
