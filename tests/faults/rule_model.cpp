#include "tests/faults/rule_model.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace sluice {

void rule_model::write(const std::string& file, const std::optional<rule>& content) {
  ++steps_;
  auto& there = files_[file];
  there.is_malformed = !content;
  if (!content)
    return;
  if (!there.good || there.good->id != content->id)
    there.since = steps_;
  there.good = content;
  there.kept = {*content};
}

void rule_model::rename(const std::string& from, const std::string& to) {
  auto moved = files_.extract(from);
  if (const auto old = files_.find(to); old != files_.end() && moved.mapped().is_malformed) {
    auto& kept = moved.mapped().kept;
    kept.insert(kept.end(), old->second.kept.begin(), old->second.kept.end());
    if (!moved.mapped().good) {
      // As if it had been written there: what is malformed takes nothing away.
      old->second.is_malformed = true;
      old->second.kept = kept;
      return;
    }
  }
  files_.erase(to);
  moved.key() = to;
  files_.insert(std::move(moved));
}

void rule_model::exchange(const std::string& one, const std::string& other) {
  std::swap(files_.at(one), files_.at(other));
}

std::size_t rule_model::say(const std::string& rule, const rule_state& state, utc_time now) {
  std::size_t changes = 0;
  const auto old = states_.find(rule);
  if (old != states_.end() && old->second.is_expired(now)) {
    states_.erase(old);
    ++changes;
  }
  const bool is_there = states_.count(rule) == 1;
  if (state.mode == rule_mode::enabled)
    return changes + states_.erase(rule);
  if (is_there && states_.at(rule) == state)
    return changes;
  states_[rule] = state;
  return changes + 1;
}

std::size_t rule_model::expire(utc_time now) {
  std::size_t changes = 0;
  for (auto each = states_.begin(); each != states_.end();) {
    const bool ends = each->second.is_expired(now);
    changes += ends ? 1 : 0;
    each = ends ? states_.erase(each) : std::next(each);
  }
  return changes;
}

rule_view rule_model::with_states(rule_view view) const {
  for (const auto& [rule, state] : states_)
    view[rule].state = state;
  return view;
}

rule_view rule_model::followed() const {
  std::map<std::uint64_t, const rule*> by_age;
  for (const auto& [name, file] : files_)
    if (file.good)
      by_age[file.since] = &*file.good;
  rule_view view;
  for (const auto& [since, good] : by_age)
    view.try_emplace(good->id, viewed_rule{std::make_shared<const rule>(*good), {}});
  return with_states(std::move(view));
}

rule_view rule_model::fresh() const {
  rule_view view;
  for (const auto& [name, file] : files_)
    if (!file.is_malformed)
      view.try_emplace(file.good->id, viewed_rule{std::make_shared<const rule>(*file.good), {}});
  return with_states(std::move(view));
}

std::string rule_model::quarrel_with(const rule_lines& seen) const {
  std::map<std::string, std::set<std::string>> possible;
  std::set<std::string> certain;
  for (const auto& [name, file] : files_) {
    for (const auto& each : file.kept)
      possible[each.id].insert(line_of(each));
    if (!file.is_malformed)
      certain.insert(file.good->id);
  }
  std::string text;
  for (const auto& [id, line] : seen) {
    if (!line.definition.empty() && possible[id].count(line.definition) == 0)
      text += fmt::format("{} is not {}\n", id, line.definition);
    const auto said = states_.find(id);
    if (line.state != line_of(said == states_.end() ? rule_state{} : said->second))
      text += fmt::format("{} is not {}\n", id, line.state);
  }
  for (const auto& id : certain)
    if (const auto found = seen.find(id); found == seen.end() || found->second.definition.empty())
      text += fmt::format("{} is not there\n", id);
  for (const auto& [id, state] : states_)
    if (seen.count(id) == 0)
      text += fmt::format("{} has no state\n", id);
  return text;
}

void rule_model::restart() {
  for (auto& [name, file] : files_) {
    file.since = ++steps_;
    if (file.is_malformed)
      file.good.reset();
  }
}

bool rule_model::is_plain() const {
  std::set<std::string> ids;
  return std::all_of(files_.begin(), files_.end(), [&](const auto& file) {
    return !file.second.is_malformed && ids.insert(file.second.good->id).second;
  });
}

bool rule_model::is_alone(const std::string& file) const {
  const auto& asked = files_.at(file);
  return !asked.is_malformed && std::none_of(files_.begin(), files_.end(), [&](const auto& other) {
    return other.first != file && other.second.good && other.second.good->id == asked.good->id;
  });
}

std::vector<std::string> rule_model::files() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : files_)
    names.push_back(name);
  return names;
}

std::optional<rule> rule_model::rule_of(const std::string& file) const {
  const auto there = files_.find(file);
  return there == files_.end() ? std::nullopt : there->second.good;
}

} // namespace sluice
