#pragma once

#include <chrono>

namespace sluice {

/// A token bucket: `rate` tokens a second flow in, at most `burst` stay. It starts full, so in any span of
/// `t` seconds at most `burst + rate * t` tokens are taken. Thread: one owner.
class token_bucket {
public:
  /// @param rate tokens per second, above 0. @param burst tokens, at least 1.
  token_bucket(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}

  /// Takes a token, or returns false when there is none. `now` is monotonic time and never goes back.
  bool take(std::chrono::nanoseconds now);
  /// Returns how long after the last `take` the next token is there; never rounded down.
  std::chrono::nanoseconds until_next() const;

private:
  double rate_;
  double burst_;
  double tokens_;
  std::chrono::nanoseconds filled_at_{-1};
};

} // namespace sluice
