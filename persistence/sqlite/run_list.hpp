#pragma once

#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/store/run_store.hpp"

#include <cstdint>
#include <vector>

namespace sluice {

/// Returns the keys of a page of runs, newest first by id. Takes as long for a million runs as for a
/// thousand: `runs_listed` has the runs of each (env, lane, status) in order, and the newest of each such
/// group that fits are merged. What counts is the number of groups and the page's size. `since` and `before`
/// are bounds on the id in each group, so they make a page cheaper, never dearer.
///
/// By job type alone a page is a piece of `runs_typed`. Together with others the two indexes are walked in
/// turns, each skipping to where the other is (leapfrog join: Veldhuizen 2014): a run that fits takes two
/// seeks, and so does each change from runs of that type to runs of the group. So what is rare in either is
/// found quickly; long only takes what is frequent in both and always apart, such as the failures of a job
/// that seldom fails among as many of one that always does.
std::vector<std::int64_t> newest_runs(sqlite_connection& in, const run_filter& filter);

/// Returns the lanes that have runs, by env and lane, in two seeks each.
std::vector<lane_queue> lanes_with_runs(sqlite_connection& in);

} // namespace sluice
