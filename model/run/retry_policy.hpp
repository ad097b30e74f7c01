#pragma once

#include "model/base/random_source.hpp"
#include "model/run/run_defaults.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// How the pause before a step's next attempt grows.
enum class backoff_kind : std::uint8_t {
  fixed,       ///< always `delay`
  exponential, ///< doubles with each failure, up to `max_delay`
};

std::string_view to_string(backoff_kind kind) noexcept;
std::optional<backoff_kind> parse_backoff_kind(std::string_view text) noexcept;
std::vector<std::string> backoff_names();

/// How often a failed step is tried again, and when.
struct retry_policy {
  /// The budget: attempts that may fail before the step has failed. Lost attempts do not count. 1: no retry.
  unsigned max_attempts = 1;
  backoff_kind backoff = backoff_kind::exponential;
  std::chrono::milliseconds delay = defaults::retry_delay;
  std::chrono::milliseconds max_delay = defaults::retry_delay_limit;
  /// From 0 to 1: the greatest share of a pause that chance takes off.
  double jitter = defaults::retry_jitter;

  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

/// Returns the pause after the `failures`-th failure (from 1) without jitter: delay · 2^(failures − 1) or
/// delay, at most `max_delay`.
std::chrono::milliseconds base_delay(const retry_policy& policy, unsigned failures) noexcept;

/// Returns the pause with jitter: `base_delay` less a share from 0 to `jitter` of it. Draws once, and not at
/// all when `jitter` is 0.
std::chrono::milliseconds retry_delay(const retry_policy& policy, unsigned failures,
                                      const random_source& random);

} // namespace sluice
