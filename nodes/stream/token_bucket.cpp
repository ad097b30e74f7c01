#include "nodes/stream/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

/// A token that lacks less than this is whole: without it the rounding of one division would cost another
/// wait.
constexpr double rounding = 1e-9;

} // namespace

bool token_bucket::take(std::chrono::nanoseconds now) {
  if (filled_at_.count() >= 0)
    tokens_ = std::min(burst_, tokens_ + static_cast<double>((now - filled_at_).count()) * rate_ / 1e9);
  filled_at_ = now;
  if (tokens_ < 1 - rounding)
    return false;
  tokens_ = std::max(0.0, tokens_ - 1);
  return true;
}

std::chrono::nanoseconds token_bucket::until_next() const {
  const double missing = std::max(0.0, 1 - tokens_);
  return std::chrono::nanoseconds{static_cast<std::int64_t>(std::ceil(missing / rate_ * 1e9))};
}

} // namespace sluice
