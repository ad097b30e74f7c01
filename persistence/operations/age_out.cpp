#include "persistence/operations/age_out.hpp"

#include "model/base/fault_point.hpp"

#include <algorithm>

namespace sluice {

namespace {

struct erased_rows {
  std::size_t rows = 0;
  /// The run is gone with them.
  bool whole = false;
};

/// Removes at most about `rows` rows of a run, history first. As long as some of that is left the run stays
/// as it is: it can be looked at, and resumed.
erased_rows erase_run(store& in, const uuid& run, std::size_t rows) {
  erased_rows done;
  done.rows = in.commands().erase(run, rows);
  if (done.rows < rows)
    done.rows += in.events().erase(run, rows - done.rows);
  if (done.rows >= rows && !in.events().of_run(run, 0, 1).empty())
    return done;
  // What refers to the run goes before it. Its steps only now: without them a resume would begin them again.
  done.rows += in.steps().erase(run) + in.leases().erase(run);
  done.whole = in.runs().erase(run);
  // The run and its body.
  done.rows += done.whole ? 2 : 0;
  return done;
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
      const auto piece = erase_run(in, run, rows - erased);
      erased += piece.rows;
      done.runs += piece.whole ? 1 : 0;
    }
    done.rows = erased;
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
