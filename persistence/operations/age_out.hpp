#pragma once

#include "model/run/retention.hpp"
#include "persistence/store/store.hpp"

#include <cstddef>

namespace sluice {

/// What one transaction has removed.
struct aged_out {
  std::size_t runs = 0;
  std::size_t audit_rows = 0;
  /// There may be more that is old enough.
  bool more = false;
};

/// Inside a transaction: removes what is older than its rule allows, the oldest first, and stops soon after
/// `rows` rows, so that nobody waits for long. A run goes whole: its steps, events, commands, lease and body
/// with it; its idempotency key may be used anew then. Only runs that are over and nobody's are looked at.
aged_out age_out(store& in, const retention_rules& keep, utc_time now, std::size_t rows);

} // namespace sluice
