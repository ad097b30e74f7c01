#include "model/run/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

std::string_view to_string(backoff_kind kind) noexcept {
  return kind == backoff_kind::fixed ? "fixed" : "exponential";
}

std::optional<backoff_kind> parse_backoff_kind(std::string_view text) noexcept {
  for (const auto kind : {backoff_kind::fixed, backoff_kind::exponential})
    if (to_string(kind) == text)
      return kind;
  return std::nullopt;
}

std::vector<std::string> backoff_names() {
  return {"fixed", "exponential"};
}

std::chrono::milliseconds base_delay(const retry_policy& policy, unsigned failures) noexcept {
  auto delay = std::min(policy.delay, policy.max_delay);
  if (policy.backoff == backoff_kind::fixed || delay.count() <= 0)
    return delay;
  // Stops at the limit, so that a thousand failures neither overflow nor take a thousand rounds.
  for (unsigned i = 1; i < failures && delay < policy.max_delay; ++i)
    delay = delay > policy.max_delay / 2 ? policy.max_delay : delay * 2;
  return delay;
}

std::chrono::milliseconds retry_delay(const retry_policy& policy, unsigned failures,
                                      const random_source& random) {
  const auto base = base_delay(policy, failures);
  if (policy.jitter <= 0)
    return base;
  const auto share = std::min(policy.jitter, 1.0) * unit_interval(random);
  return base - std::chrono::milliseconds{std::llround(static_cast<double>(base.count()) * share)};
}

} // namespace sluice
