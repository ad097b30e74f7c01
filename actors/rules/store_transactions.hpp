#pragma once

#include "actors/store/store_access.hpp"
#include "persistence/rules/rule_store.hpp"

namespace sluice {

/// Returns what runs transactions on the persistence actors of a database, and waits for each: for a thread
/// of its own, e.g. a keeper's. A writing task that shares its transaction with one that fails runs again
/// from the start.
rule_transactions transactions_of(store_access access);

} // namespace sluice
