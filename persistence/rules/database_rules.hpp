#pragma once

#include "persistence/rules/rule_store.hpp"

#include <memory>

namespace sluice {

/// Opens the rules of a database: tables `rules`, `rule_state` and `rule_changes` (docs/schema.md).
std::unique_ptr<rule_store> open_database_rules(rule_transactions transactions);

} // namespace sluice
