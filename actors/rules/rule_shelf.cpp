#include "actors/rules/rule_shelf.hpp"

#include "persistence/rules/rule_changes.hpp"

#include <utility>

namespace sluice {

void rule_shelf::put(rule_view rules) {
  const std::lock_guard lock(mutex_);
  rules_ = std::move(rules);
}

void rule_shelf::apply(const rule_change& change) {
  const std::lock_guard lock(mutex_);
  apply_change(rules_, change);
}

rule_view rule_shelf::view() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

std::optional<viewed_rule> rule_shelf::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = rules_.find(id);
  return found == rules_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace sluice
