#pragma once

#include "persistence/store/store.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace sluice {

/// What somebody begins with who follows the rules of a database.
struct rule_beginning {
  std::vector<rule_present> rules;
  /// The changes after this one are still to come.
  std::int64_t last_change = 0;
  /// False: there are rules after the last of these.
  bool is_whole = true;
};

/// Inside a transaction: returns rules and states by id, from the one after `after` on, at least one and
/// then as many as have less than `bytes` together. When it takes several calls, who follows begins with
/// the `last_change` of the first: of rules that are edited in between, changes tell once more.
rule_beginning read_rule_beginning(store& in, const std::string& after = {},
                                   std::size_t bytes = std::numeric_limits<std::size_t>::max());

/// Inside a transaction: returns changes after number `since`, oldest first. Throws
/// `error("changes_expired")` when some of them are kept no longer.
std::vector<rule_change_row> read_rule_changes(store& in, std::int64_t since, std::size_t limit);

} // namespace sluice
