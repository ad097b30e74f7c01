#pragma once

#include <cstddef>
#include <filesystem>

namespace sluice::bench {

/// Seconds that each half of the work took.
struct run_times {
  double created = 0;
  double worked_off = 0;

  double total() const noexcept { return created + worked_off; }
};

/// Leaves in the empty database `path`, which has its tables, what `count` noop runs leave that were
/// submitted and then worked off with `in_flight` at a time: by the statements that this takes at least, with
/// the guards that a worker must have, on this thread, in groups of `in_flight`.
run_times bare_runs(const std::filesystem::path& path, std::size_t count, std::size_t in_flight);

/// Throws `error("wrong_rows")` unless the database `path` has `count` noop runs that have succeeded, and all
/// their other rows.
void check_runs(const std::filesystem::path& path, std::size_t count);

} // namespace sluice::bench
