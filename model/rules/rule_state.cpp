#include "model/rules/rule_state.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <array>

namespace sluice {

namespace {

constexpr std::array modes = {rule_mode::enabled, rule_mode::disabled, rule_mode::clipped};

void refuse_unless(bool fine, const std::string& text) {
  if (!fine)
    throw error("bad_state", text);
}

} // namespace

std::string_view to_string(rule_mode mode) noexcept {
  switch (mode) {
  case rule_mode::enabled:
    return "enabled";
  case rule_mode::disabled:
    return "disabled";
  case rule_mode::clipped:
    return "clipped";
  }
  return "unknown";
}

std::optional<rule_mode> parse_rule_mode(std::string_view name) noexcept {
  for (const auto mode : modes)
    if (to_string(mode) == name)
      return mode;
  return std::nullopt;
}

void require_state(const rule_state& state, utc_time now) {
  if (state.mode == rule_mode::clipped)
    refuse_unless(state.confidence_max >= 0 && state.confidence_max <= 1,
                  fmt::format("confidence_max {} is outside 0 to 1", state.confidence_max));
  if (state.expires_at)
    refuse_unless(
        *state.expires_at > now,
        fmt::format("expires_at {} is not after {}, which is now; leave it out for a state that lasts",
                    to_string(*state.expires_at), to_string(now)));
  if (state.mode == rule_mode::enabled)
    return;
  refuse_unless(!state.reason.empty(),
                fmt::format("reason is missing: say why the rule is {}", to_string(state.mode)));
  refuse_unless(!state.by.empty(),
                fmt::format("by is missing: say who wants the rule {}", to_string(state.mode)));
}

} // namespace sluice
