#include "persistence/memory/memory_rules.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice {

namespace {

template <class Rows>
auto find_in(const Rows& rows, const typename Rows::key_type& key) {
  const auto found = rows.find(key);
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

/// Puts the row, and puts back what was there when the transaction is rolled back.
template <class Rows>
void put_in(Rows& rows, undo_log& undo, const typename Rows::key_type& key,
            const typename Rows::mapped_type& row) {
  if (auto old = find_in(rows, key))
    undo.record([&rows, key, old = *std::move(old)] { rows[key] = old; });
  else
    undo.record([&rows, key] { rows.erase(key); });
  rows[key] = row;
}

template <class Rows>
bool erase_from(Rows& rows, undo_log& undo, const typename Rows::key_type& key) {
  auto old = find_in(rows, key);
  if (!old)
    return false;
  undo.record([&rows, key, old = *std::move(old)] { rows[key] = old; });
  rows.erase(key);
  return true;
}

} // namespace

std::optional<rule_row> memory_rules::find(const std::string& id) {
  return find_in(rules_, id);
}

std::vector<rule_row> memory_rules::list(const std::string& after, std::size_t limit) {
  std::vector<rule_row> rows;
  for (auto at = rules_.upper_bound(after); at != rules_.end() && rows.size() < limit; ++at)
    rows.push_back(at->second);
  return rows;
}

void memory_rules::put(const rule_row& row) {
  auto written = row;
  if (const auto old = rules_.find(row.id); old != rules_.end())
    written.created_at = old->second.created_at;
  put_in(rules_, *undo_, row.id, written);
}

bool memory_rules::erase(const std::string& id) {
  return erase_from(rules_, *undo_, id);
}

std::optional<rule_state> memory_rules::state(const std::string& rule) {
  return find_in(states_, rule);
}

std::vector<rule_state_row> memory_rules::states(const std::string& after, std::size_t limit) {
  std::vector<rule_state_row> rows;
  for (auto at = states_.upper_bound(after); at != states_.end() && rows.size() < limit; ++at)
    rows.push_back({at->first, at->second});
  return rows;
}

std::vector<rule_state_row> memory_rules::expired(utc_time now, std::size_t limit) {
  std::vector<rule_state_row> rows;
  for (const auto& [rule, state] : states_)
    if (state.is_expired(now))
      rows.push_back({rule, state});
  std::stable_sort(rows.begin(), rows.end(), [](const rule_state_row& a, const rule_state_row& b) {
    return *a.state.expires_at < *b.state.expires_at;
  });
  rows.resize(std::min(limit, rows.size()));
  return rows;
}

void memory_rules::put_state(const std::string& rule, const rule_state& state) {
  put_in(states_, *undo_, rule, state);
}

bool memory_rules::erase_state(const std::string& rule) {
  return erase_from(states_, *undo_, rule);
}

std::int64_t memory_rules::append_change(const rule_change_row& change) {
  const auto id = ++last_change_;
  undo_->record([this, id] {
    changes_.erase(id);
    last_change_ = id - 1;
  });
  auto& row = changes_[id] = change;
  row.id = id;
  return id;
}

std::vector<rule_change_row> memory_rules::changes(std::int64_t since, std::size_t limit) {
  std::vector<rule_change_row> rows;
  for (auto at = changes_.upper_bound(since); at != changes_.end() && rows.size() < limit; ++at)
    rows.push_back(at->second);
  return rows;
}

rule_change_range memory_rules::change_range() {
  if (changes_.empty())
    return {};
  return {changes_.begin()->first, changes_.rbegin()->first};
}

void memory_rules::forget_changes(std::int64_t last) {
  const auto end = changes_.upper_bound(last);
  if (end == changes_.begin())
    return;
  undo_->record([this, old = std::map(changes_.begin(), end)] { changes_.insert(old.begin(), old.end()); });
  changes_.erase(changes_.begin(), end);
}

} // namespace sluice
