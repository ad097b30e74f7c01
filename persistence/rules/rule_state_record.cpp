#include "persistence/rules/rule_state_record.hpp"

#include "persistence/operations/rule_operations.hpp"
#include "persistence/rules/rule_changes.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

void append(rule_state_record& in, rule_state_record::entry entry) {
  if (in.last == 0)
    in.began = entry.at;
  ++in.last;
  in.changes.push_back(std::move(entry));
}

void take_back(rule_state_record& in, const std::string& rule, utc_time now) {
  in.states.erase(rule);
  append(in, {rule_change_kind::expired, rule, {}, now, rule_expirer});
}

/// As somebody sees them who knows nothing of definitions.
rule_view view_of(const rule_state_record& record) {
  rule_view view;
  for (const auto& [rule, state] : record.states)
    view.emplace_hint(view.end(), rule, viewed_rule{nullptr, state});
  return view;
}

/// Returns where in `to` the changes begin that are new to `from`, or its end if that cannot be told.
std::deque<rule_state_record::entry>::const_iterator news(const rule_state_record& from,
                                                          const rule_state_record& to) {
  const auto missed = to.last - from.last;
  const bool is_later = (from.last == 0 || from.began == to.began) && missed >= 0;
  if (!is_later || static_cast<std::uint64_t>(missed) > to.changes.size())
    return to.changes.end();
  return to.changes.end() - missed;
}

} // namespace

bool set_state(rule_state_record& in, const std::string& rule, const rule_state& state, utc_time now) {
  auto old = in.states.find(rule);
  if (old != in.states.end() && old->second.is_expired(now)) {
    take_back(in, rule, now);
    old = in.states.end();
  }
  const bool enables = state.mode == rule_mode::enabled;
  if (enables ? old == in.states.end() : old != in.states.end() && old->second == state)
    return false;
  if (enables)
    in.states.erase(rule);
  else
    in.states[rule] = state;
  append(in, {rule_change_kind::state, rule, enables ? rule_state{} : state, now, state.by});
  return true;
}

std::size_t expire_states(rule_state_record& in, utc_time now) {
  std::vector<std::pair<utc_time, std::string>> ended;
  for (const auto& [rule, state] : in.states)
    if (state.is_expired(now))
      ended.emplace_back(*state.expires_at, rule);
  std::sort(ended.begin(), ended.end());
  for (const auto& [end, rule] : ended)
    take_back(in, rule, now);
  return ended.size();
}

void forget_changes(rule_state_record& in, std::size_t fresh) {
  const auto kept = std::max(rule_state_record::changes_kept, fresh);
  while (in.changes.size() > kept)
    in.changes.pop_front();
}

std::vector<rule_change> changes_between(const rule_state_record& from, const rule_state_record& to,
                                         utc_time at) {
  auto seen = view_of(from);
  std::vector<rule_change> changes;
  for (auto entry = news(from, to); entry != to.changes.end(); ++entry) {
    changes.push_back({entry->what, entry->rule, {}, entry->state, entry->at, 0, entry->by});
    apply_change(seen, changes.back());
  }
  for (auto& change : changes_between(seen, view_of(to), at)) {
    change.by = change.what == rule_change_kind::expired ? rule_expirer : change.state.by;
    changes.push_back(std::move(change));
  }
  return changes;
}

} // namespace sluice
