#pragma once

#include "persistence/rules/rule_store.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace sluice {

/// The rules of a keeper as others may look at them at any time, without waiting for its store. One writer,
/// the keeper's thread; any readers. As in `apply_change`, an id with a state and without a definition has an
/// entry whose definition is null.
class rule_shelf {
public:
  void put(rule_view rules);
  void apply(const rule_change& change);

  /// A copy.
  rule_view view() const;
  std::optional<viewed_rule> find(const std::string& id) const;
  /// For the writer's thread alone: valid until it writes.
  const rule_view& own_view() const noexcept { return rules_; }

private:
  mutable std::mutex mutex_;
  rule_view rules_;
};

} // namespace sluice
