#pragma once

#include "model/base/utc_time.hpp"
#include "model/run/lease.hpp"

#include <functional>
#include <string>

namespace sluice {

/// Returns the id of this boot of the host (`/proc/sys/kernel/random/boot_id`), which is the same in all its
/// containers. Read once. Throws `error("host_unsupported")` when there is none.
const std::string& host_boot_id();

/// Returns the host's civil time.
utc_time utc_now();

/// Returns the host's CLOCK_BOOTTIME and boot id. Containers in time namespaces with an offset of their own
/// (`unshare --time --boottime`) must not share a database with others: their moments do not compare. Throws
/// as `host_boot_id`.
boot_instant boot_now();

/// Where time comes from. Tests put in clocks that they move. Called from any thread.
struct run_clock {
  std::function<utc_time()> utc;
  std::function<boot_instant()> boot;
};

/// Returns the clocks of this host.
run_clock host_clock();

} // namespace sluice
