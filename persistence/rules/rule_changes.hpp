#pragma once

#include "persistence/rules/rule_store.hpp"

#include <vector>

namespace sluice {

/// Makes `view` what it is after `change`. An id with a state and without a definition (it was removed, or is
/// still to come) has an entry whose definition is null; one with neither has no entry.
void apply_change(rule_view& view, const rule_change& change);

/// Returns what turns `from` into `to`, by id: for somebody who has missed changes. Of a rule at most one
/// change is about its definition and one about its state. They have the time `at` and no number.
std::vector<rule_change> changes_between(const rule_view& from, const rule_view& to, utc_time at);

} // namespace sluice
