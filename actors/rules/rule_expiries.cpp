#include "actors/rules/rule_expiries.hpp"

#include <algorithm>

namespace sluice {

rule_expiries::rule_expiries(const rule_view& rules) {
  for (const auto& [id, each] : rules)
    put(id, each.state);
}

void rule_expiries::apply(const rule_change& change) {
  if (change.what == rule_change::kind::state || change.what == rule_change::kind::expired)
    put(change.rule, change.state);
}

void rule_expiries::put(const std::string& rule, const rule_state& state) {
  if (state.expires_at)
    ends_[rule] = *state.expires_at;
  else
    ends_.erase(rule);
}

std::optional<utc_time> rule_expiries::next() const noexcept {
  const auto first = std::min_element(ends_.begin(), ends_.end(), [](const auto& left, const auto& right) {
    return left.second < right.second;
  });
  return first == ends_.end() ? std::nullopt : std::optional(first->second);
}

bool rule_expiries::any_between(utc_time since, utc_time until) const noexcept {
  return std::any_of(ends_.begin(), ends_.end(),
                     [&](const auto& each) { return each.second > since && each.second <= until; });
}

} // namespace sluice
