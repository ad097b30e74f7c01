#pragma once

#include "model/run/retention.hpp"
#include "persistence/store/store.hpp"

#include <chrono>
#include <cstddef>

namespace sluice {

/// What one transaction has removed.
struct aged_out {
  std::size_t runs = 0;
  std::size_t audit_rows = 0;
  /// There may be more that is old enough.
  bool more = false;
  /// Rows of runs, those included of a run of which more is left.
  std::size_t rows = 0;
  /// By how much the oldest that is left, of runs or rows of the audit log, is older than its rule allows.
  std::chrono::milliseconds behind{0};
};

/// Inside a transaction: removes what is older than its rule allows, the oldest first, `rows` rows and at
/// most one run's steps besides, so that nobody waits for long. Where both rules are set, a quarter of `rows`
/// is for the audit log, and what one does not need the other has: neither starves. Of a run its commands and
/// events go first, the oldest before the others, if need be in several transactions; then the rest in one,
/// and its idempotency key may be used anew. Only runs that are over and nobody's are looked at.
aged_out age_out(store& in, const retention_rules& keep, utc_time now, std::size_t rows);

} // namespace sluice
