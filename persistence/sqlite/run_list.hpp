#pragma once

#include "persistence/sqlite/connection.hpp"
#include "persistence/store/run_store.hpp"

#include <cstdint>
#include <vector>

namespace sluice {

/// Returns the keys of a page of runs, newest first by id. Takes as long for a million runs as for a
/// thousand, whatever is filtered: `runs_listed` has the runs of each (env, lane, status) in order, and the
/// newest of each such group that fits are merged. What counts is the number of groups and the page's size.
///
/// `since` and `before` are bounds on the id in each group, so they make a page cheaper, never dearer. There
/// is no filter by job type: job types are anybody's words, as many as they like, so they would have to stand
/// in the index as another part of the group, and every list would pay for their number.
std::vector<std::int64_t> newest_runs(connection& in, const run_filter& filter);

/// Returns the lanes that have runs, by env and lane, in two seeks each.
std::vector<lane_queue> lanes_with_runs(connection& in);

} // namespace sluice
