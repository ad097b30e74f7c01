#include "runtime/cli/http_backoff.hpp"

#include <algorithm>

namespace sluice {

std::chrono::milliseconds http_backoff::next() {
  const auto whole = static_cast<double>(pause_.count());
  pause_ = std::min(pause_ * 2, longest);
  return std::chrono::milliseconds{static_cast<std::int64_t>(whole * (1.0 - 0.5 * unit_interval(random_)))};
}

} // namespace sluice
