#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "bench/support/contest.hpp"

namespace sluice::bench {

/// Returns a contestant whose runs last about `aim`: a slow one gets fewer messages, so that a contest takes
/// the same time on any machine. `seconds_for` does the work with `count` messages and returns the seconds it
/// took. The rate is in messages a second.
contestant paced(std::string name, std::chrono::duration<double> aim,
                 std::function<double(std::uint64_t count)> seconds_for);

} // namespace sluice::bench
