#include "persistence/rules/rule_changes.hpp"

#include "persistence/operations/rule_operations.hpp"

#include <utility>

namespace sluice {

namespace {

bool is_same(const std::shared_ptr<const rule>& a, const std::shared_ptr<const rule>& b) {
  return a == b || (a && b && *a == *b);
}

rule_change make_change(rule_change_kind what, const std::string& id, utc_time at) {
  rule_change change;
  change.what = what;
  change.rule = id;
  change.at = at;
  return change;
}

/// Appends what turns one entry into the other.
void compare(const std::string& id, const viewed_rule& from, const viewed_rule& to, utc_time at,
             std::vector<rule_change>& out) {
  if (!is_same(from.definition, to.definition)) {
    out.push_back(make_change(to.definition ? rule_change_kind::defined : rule_change_kind::removed, id, at));
    out.back().definition = to.definition;
  }
  if (from.state == to.state)
    return;
  const bool expired = to.state.mode == rule_mode::enabled && from.state.is_expired(at);
  out.push_back(make_change(expired ? rule_change_kind::expired : rule_change_kind::state, id, at));
  out.back().state = to.state;
  out.back().by = expired ? rule_expirer : to.state.by;
}

} // namespace

void apply_change(rule_view& view, const rule_change& change) {
  const auto at = view.try_emplace(change.rule).first;
  auto& entry = at->second;
  switch (change.what) {
  case rule_change_kind::defined:
    entry.definition = change.definition;
    break;
  case rule_change_kind::removed:
    entry.definition.reset();
    break;
  case rule_change_kind::state:
  case rule_change_kind::expired:
    entry.state = change.state.mode == rule_mode::enabled ? rule_state{} : change.state;
    break;
  }
  if (!entry.definition && entry.state == rule_state{})
    view.erase(at);
}

std::vector<rule_change> changes_between(const rule_view& from, const rule_view& to, utc_time at) {
  std::vector<rule_change> changes;
  const viewed_rule nothing;
  auto old = from.begin();
  auto fresh = to.begin();
  while (old != from.end() || fresh != to.end()) {
    const bool has_old = old != from.end() && (fresh == to.end() || old->first <= fresh->first);
    const bool has_fresh = fresh != to.end() && (old == from.end() || fresh->first <= old->first);
    const auto& id = has_old ? old->first : fresh->first;
    compare(id, has_old ? old->second : nothing, has_fresh ? fresh->second : nothing, at, changes);
    if (has_old)
      ++old;
    if (has_fresh)
      ++fresh;
  }
  return changes;
}

} // namespace sluice
