#pragma once

#include "persistence/rules/rule_store.hpp"

#include <cstddef>
#include <string>

namespace sluice {

/// What a sync has done to the database.
struct rule_sync {
  std::size_t defined = 0;
  std::size_t removed = 0;
  std::size_t unchanged = 0;
};

/// Inside a transaction: makes the rules of the database those of `from`: what differs is defined, what is
/// not there is removed (only rules that came from `source` earlier), each with one row of `rule_changes` and
/// one audit row for the sync when anything differed. States stay. `source` names where they come from.
/// Throws `error("too_many_rules")` when new ones would make more than `limit` rules, whoever keeps them.
rule_sync sync_rules(store& in, const rule_view& from, const std::string& source, const std::string& by,
                     utc_time now, std::size_t limit = rule_count_limit);

} // namespace sluice
