#include "nodes/io/pacer.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

pacer::pacer(double rate, std::chrono::nanoseconds now)
    : period_(1e9 / rate), burst_(static_cast<std::uint64_t>(std::max(1.0, rate))), origin_(now) {}

std::chrono::nanoseconds pacer::time_of(std::uint64_t index) const noexcept {
  return origin_ +
         std::chrono::nanoseconds{static_cast<std::int64_t>(std::ceil(period_ * static_cast<double>(index)))};
}

std::uint64_t pacer::passed(std::chrono::nanoseconds now) const noexcept {
  if (now < origin_)
    return 0;
  const auto elapsed = static_cast<double>((now - origin_).count());
  auto count = static_cast<std::uint64_t>(elapsed / period_) + 1;
  // The division rounds; `time_of` is what counts.
  if (time_of(count) <= now)
    ++count;
  else if (time_of(count - 1) > now)
    --count;
  return count;
}

std::uint64_t pacer::due(std::chrono::nanoseconds now) {
  const auto count = passed(now);
  if (count <= sent_)
    return 0;
  if (count - sent_ > burst_) {
    // Give up the excess: begin anew, one second ago.
    origin_ = time_of(count - burst_);
    sent_ = 0;
    return burst_;
  }
  return count - sent_;
}

std::chrono::nanoseconds pacer::until_next(std::chrono::nanoseconds now) const noexcept {
  return std::max(std::chrono::nanoseconds{0}, time_of(sent_) - now);
}

} // namespace sluice
