#pragma once

#include "model/base/utc_time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class rule_mode {
  enabled,
  disabled, ///< emits nothing
  clipped,  ///< emits with a confidence of at most `confidence_max`
};

std::string_view to_string(rule_mode mode) noexcept;
/// Returns the mode called `name`, or nothing.
std::optional<rule_mode> parse_rule_mode(std::string_view name) noexcept;

/// What operators have said about a rule since its definition: kept by the rule's id, whatever its version.
/// The default is the state of every id that nobody has said anything about.
struct rule_state {
  rule_mode mode = rule_mode::enabled;
  /// `clipped`: 0 to 1.
  double confidence_max = 1;
  std::string reason = {};
  /// Who said it, and when.
  std::string by = {};
  utc_time at = {};
  /// From then on the rule is enabled again; none: until somebody says so.
  std::optional<utc_time> expires_at = {};

  bool is_expired(utc_time now) const noexcept { return expires_at && *expires_at <= now; }

  friend bool operator==(const rule_state&, const rule_state&) = default;
};

/// Returns `state`, or the default when it has expired.
inline rule_state effective(const rule_state& state, utc_time now) {
  return state.is_expired(now) ? rule_state{} : state;
}

/// Throws `error("bad_state")` that names the member: a ceiling outside 0 to 1, an expiry that is not after
/// `now`, a disabled or clipped rule without a reason or without who said it.
void require_state(const rule_state& state, utc_time now);

} // namespace sluice
