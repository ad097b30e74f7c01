#pragma once

#include <algorithm>
#include <chrono>

namespace sluice {

/// Longer than any program runs, and far from the end of the clock.
inline constexpr std::chrono::hours longest_wait{24 * 365 * 10};

/// Returns `time`, but not below zero and not above `longest_wait`. Clocks count nanoseconds in 64 bits: now
/// and `std::chrono::nanoseconds::max()`, which people write for "for ever", make a time long past.
constexpr std::chrono::nanoseconds bounded_wait(std::chrono::nanoseconds time) noexcept {
  return std::clamp<std::chrono::nanoseconds>(time, std::chrono::nanoseconds::zero(), longest_wait);
}

} // namespace sluice
