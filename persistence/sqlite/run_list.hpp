#pragma once

#include "persistence/sqlite/connection.hpp"
#include "persistence/store/run_store.hpp"

#include <cstdint>
#include <vector>

namespace sluice {

/// Returns the keys of a page of runs, newest first by id. Takes as long for a million runs as for a
/// thousand, whatever is filtered: `runs_listed` has the runs of each (env, lane, status) in order, and the
/// newest of each such group that fits are merged. What counts is the number of groups and the page's size.
std::vector<std::int64_t> newest_runs(connection& in, const run_filter& filter);

} // namespace sluice
