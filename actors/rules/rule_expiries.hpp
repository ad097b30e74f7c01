#pragma once

#include "model/base/utc_time.hpp"
#include "model/rules/rule_view.hpp"
#include "persistence/rules/rule_store.hpp"

#include <map>
#include <optional>
#include <string>

namespace sluice {

/// When states of rules come to their end, as far as a keeper has heard. One thread.
class rule_expiries {
public:
  explicit rule_expiries(const rule_view& rules = {});

  void apply(const rule_change& change);
  /// The next one, also when it is past and nobody has said that the state was taken back; nothing when no
  /// state comes to an end.
  std::optional<utc_time> next() const noexcept;
  /// Returns whether one is after `since` and not after `until`.
  bool any_between(utc_time since, utc_time until) const noexcept;

private:
  void put(const std::string& rule, const rule_state& state);

  std::map<std::string, utc_time> ends_;
};

} // namespace sluice
