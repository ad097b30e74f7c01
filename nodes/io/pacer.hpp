#pragma once

#include <chrono>
#include <cstdint>

namespace sluice {

/// Says when the messages of a steady rate are due. What was missed is made up for, but never more than one
/// second's worth, so that a consumer that stood still is not flooded. The first message is due at once.
/// Pure. Thread: one.
class pacer {
public:
  /// @param rate messages per second, over 0.
  pacer(double rate, std::chrono::nanoseconds now);

  /// Returns how many messages are due at `now`.
  std::uint64_t due(std::chrono::nanoseconds now);
  /// Says that `count` of those that were due are on their way.
  void sent(std::uint64_t count) noexcept { sent_ += count; }
  /// Returns how long after `now` the next message is due; 0 when one is.
  std::chrono::nanoseconds until_next(std::chrono::nanoseconds now) const noexcept;

private:
  std::chrono::nanoseconds time_of(std::uint64_t index) const noexcept;
  std::uint64_t passed(std::chrono::nanoseconds now) const noexcept;

  double period_;
  std::uint64_t burst_;
  std::chrono::nanoseconds origin_;
  std::uint64_t sent_ = 0;
};

} // namespace sluice
