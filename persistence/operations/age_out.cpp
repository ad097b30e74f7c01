#include "persistence/operations/age_out.hpp"

#include "model/base/fault_point.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// Returns how many rows it had. Those that refer to the run go before it.
std::size_t erase_run(store& in, const uuid& run) {
  const auto rows =
      in.steps().erase(run) + in.commands().erase(run) + in.events().erase(run) + in.leases().erase(run);
  // The run and its body.
  return in.runs().erase(run) ? rows + 2 : rows;
}

} // namespace

aged_out age_out(store& in, const retention_rules& keep, utc_time now, std::size_t rows) {
  aged_out done;
  std::size_t erased = 0;
  if (keep.runs) {
    // A run has four rows at least.
    const auto limit = std::max<std::size_t>(1, rows / 4);
    const auto old = in.runs().finished_before(now - *keep.runs, limit);
    for (const auto& run : old) {
      if (erased >= rows)
        break;
      erased += erase_run(in, run);
      ++done.runs;
    }
    done.more = done.runs < old.size() || old.size() == limit;
  }
  if (keep.audit && erased < rows) {
    done.audit_rows = in.audit().erase_before(now - *keep.audit, rows - erased);
    done.more = done.more || done.audit_rows == rows - erased;
  }
  fault_point("aged_out");
  return done;
}

} // namespace sluice
