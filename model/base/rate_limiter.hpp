#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sluice {

/// Lets a burst through and then one event per period, and counts what it held back: for log lines of one
/// site.
class rate_limiter {
public:
  rate_limiter(unsigned burst, std::chrono::nanoseconds period)
      : burst_(burst), tokens_(burst), period_(period) {}

  /// Returns true when the event at `now` (monotonic) may pass.
  bool allow(std::chrono::nanoseconds now) {
    if (const auto earned = (now - last_) / period_; earned > 0) {
      tokens_ = static_cast<unsigned>(std::min<std::int64_t>(burst_, tokens_ + earned));
      last_ = now;
    }
    if (tokens_ == 0) {
      ++suppressed_;
      return false;
    }
    --tokens_;
    return true;
  }

  /// Returns how many were held back since the last call.
  std::uint64_t take_suppressed() noexcept {
    const auto count = suppressed_;
    suppressed_ = 0;
    return count;
  }

private:
  unsigned burst_;
  unsigned tokens_;
  std::chrono::nanoseconds period_;
  std::chrono::nanoseconds last_{0};
  std::uint64_t suppressed_ = 0;
};

} // namespace sluice
