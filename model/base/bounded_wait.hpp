#pragma once

#include <chrono>

namespace sluice {

/// Longer than any program runs, and far from the end of the clock.
inline constexpr std::chrono::hours longest_wait{24 * 365 * 10};

/// Returns `time`, but not below zero and not above `longest_wait`. Clocks count nanoseconds in 64 bits: now
/// and `std::chrono::nanoseconds::max()`, which people write for "for ever", make a time long past.
template <class Rep, class Period>
constexpr std::chrono::nanoseconds bounded_wait(std::chrono::duration<Rep, Period> time) noexcept {
  using given = std::chrono::duration<Rep, Period>;
  // Compared in the unit that was given: for ever in milliseconds is more nanoseconds than there are.
  if (time <= given::zero())
    return std::chrono::nanoseconds::zero();
  if (time >= std::chrono::duration_cast<given>(longest_wait))
    return longest_wait;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time);
}

} // namespace sluice
