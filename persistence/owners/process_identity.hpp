#pragma once

#include "model/base/random_source.hpp"
#include "model/run/lease.hpp"

namespace sluice {

/// Returns a name for one runtime of this process: boot id, pid, start time of the process and a number drawn
/// from `random`. Throws `error("host_unsupported")` without /proc.
lease_owner make_owner(const random_source& random);

/// Returns whether the process of `owner` is there: on this boot, its pid and start time, and not as a
/// zombie. A stopped process is there. False, too, for a process that cannot be seen from here: one of
/// another pid namespace (a container), or of another user where /proc hides these (`hidepid`).
bool process_lives(const lease_owner& owner);

} // namespace sluice
