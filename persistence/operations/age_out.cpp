#include "persistence/operations/age_out.hpp"

#include "model/base/fault_point.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace sluice {

namespace {

/// Beyond that the answer is near enough.
constexpr std::size_t looks_limit = 100;

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

/// Removes about `rows` rows of runs that ended before `moment`.
void age_out_runs(store& in, utc_time moment, std::size_t rows, aged_out& done) {
  // A run has four rows at least.
  const auto limit = std::max<std::size_t>(1, rows / 4);
  const auto old = in.runs().finished_before(moment, limit);
  for (const auto& run : old) {
    if (done.rows >= rows)
      break;
    const auto piece = erase_run(in, run, rows - done.rows);
    done.rows += piece.rows;
    done.runs += piece.whole ? 1 : 0;
  }
  done.more = done.more || done.runs < old.size() || old.size() == limit;
}

/// Returns the earliest end of a run among those before `moment`. Each look finds one that ended before the
/// last; that takes few, since those of a lane are found in about the order in which they ended.
std::optional<utc_time> earliest_end(store& in, utc_time moment) {
  std::optional<utc_time> earliest;
  for (std::size_t look = 0; look < looks_limit; ++look) {
    const auto found = in.runs().finished_before(earliest.value_or(moment), 1);
    const auto run = found.empty() ? std::nullopt : in.runs().find(found.front());
    if (!run)
      break;
    earliest = run->finished_at;
  }
  return earliest;
}

std::chrono::milliseconds time_behind(store& in, const retention_rules& keep, utc_time now) {
  std::chrono::milliseconds behind{0};
  if (keep.runs)
    if (const auto end = earliest_end(in, now - *keep.runs))
      behind = now - *keep.runs - *end;
  if (keep.audit)
    if (const auto oldest = in.audit().since(0, 1); !oldest.empty())
      behind = std::max(behind, now - *keep.audit - oldest.front().at);
  return behind;
}

} // namespace

aged_out age_out(store& in, const retention_rules& keep, utc_time now, std::size_t rows) {
  aged_out done;
  const auto erase_audit = [&](std::size_t limit) {
    const auto erased = in.audit().erase_before(now - *keep.audit, limit);
    done.audit_rows += erased;
    return erased == limit;
  };
  // First of all, so that runs, of which there always may be more, leave something for it.
  bool audit_waits = keep.audit && erase_audit(keep.runs ? std::max<std::size_t>(1, rows / 4) : rows);
  if (keep.runs)
    age_out_runs(in, now - *keep.runs, rows - std::min(rows, done.audit_rows), done);
  if (const auto used = done.audit_rows + done.rows; audit_waits && used < rows)
    audit_waits = erase_audit(rows - used);
  done.more = done.more || audit_waits;
  if (done.more)
    done.behind = time_behind(in, keep, now);
  fault_point("aged_out");
  return done;
}

} // namespace sluice
