#pragma once

#include "bench/runs/bare_runs.hpp"

namespace sluice::bench {

/// Makes the tables of a new database.
void make_database(const std::filesystem::path& path);

/// The same as `bare_runs` through `run_runtime`: submissions with `in_flight` unacknowledged, then a worker
/// with `in_flight` in hand. Opening and closing are not timed.
run_times sluice_runs(const std::filesystem::path& path, std::size_t count, std::size_t in_flight);

} // namespace sluice::bench
