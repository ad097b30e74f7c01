#pragma once

#include <chrono>

namespace sluice {

/// Returns CLOCK_BOOTTIME, the clock of leases: nobody can set it, and it counts while the machine sleeps.
std::chrono::nanoseconds since_boot();

} // namespace sluice
