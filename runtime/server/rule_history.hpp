#pragma once

#include "persistence/store/store.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice {

/// What somebody begins with who follows the rules of a database.
struct rule_beginning {
  std::vector<rule_present> rules;
  /// The changes after this one are still to come.
  std::int64_t last_change = 0;
};

/// Inside a transaction: returns every rule and state, by id.
rule_beginning read_rule_beginning(store& in);

/// Inside a transaction: returns changes after number `since`, oldest first. Throws
/// `error("changes_expired")` when some of them are kept no longer.
std::vector<rule_change_row> read_rule_changes(store& in, std::int64_t since, std::size_t limit);

} // namespace sluice
