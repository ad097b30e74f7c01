#pragma once

#include "persistence/store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Inside a transaction: sets switch and caps of a lane and leaves the audit row `lane.set` with the old and
/// the new ones. Returns false, and does neither, when they are so already. Throws `error("bad_name")` when
/// `which` is no lane.
bool set_lane(store& in, const lane_queue& which, const lane_settings& settings, const std::string& by,
              utc_time now);

/// Returns the lane that an audit row of `set_lane` is about; nothing for rows of others.
std::optional<lane_queue> lane_set_by(const audit_row& row);

/// Inside a transaction: returns the lanes that were set, have ticked or have runs, by env and lane, with how
/// many of their runs are owned.
std::vector<lane_row> list_lanes(store& in);

} // namespace sluice
