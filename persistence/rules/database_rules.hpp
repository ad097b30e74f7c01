#pragma once

#include "model/rules/rule_batch.hpp"
#include "persistence/rules/rule_store.hpp"

#include <memory>

namespace sluice {

/// Opens the rules of a database: tables `rules`, `rule_state` and `rule_changes` (docs/schema.md). `reader`
/// reads definitions when all are loaded.
std::unique_ptr<rule_store> open_database_rules(rule_transactions transactions,
                                                rule_batch_reader reader = read_rules_in_turn);

} // namespace sluice
