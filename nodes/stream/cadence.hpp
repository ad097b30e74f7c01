#pragma once

#include <chrono>

namespace sluice {

/// Boundaries in time, `period` apart, counted from `start`: the ends of tumbling windows. Monotonic time,
/// nanoseconds.
class cadence {
public:
  /// @param period above zero.
  cadence(std::chrono::nanoseconds period, std::chrono::nanoseconds start) : period_(period), start_(start) {}

  /// Returns the first boundary after `now`; `now` is not before `start`.
  std::chrono::nanoseconds next(std::chrono::nanoseconds now) const {
    return now + period_ - (now - start_) % period_;
  }

private:
  std::chrono::nanoseconds period_;
  std::chrono::nanoseconds start_;
};

} // namespace sluice
