#include "persistence/rules/rule_claims.hpp"

#include <iterator>
#include <utility>

namespace sluice {

void rule_claims::put(const std::string& file, std::shared_ptr<const rule> definition) {
  const auto there = files_.find(file);
  if (there != files_.end() && there->second.definition->id == definition->id) {
    touched_.insert(definition->id);
    there->second.definition = std::move(definition);
    return;
  }
  drop(file);
  const auto rank = next_rank_++;
  auto& claimants = claimants_[definition->id];
  claimants[rank] = file;
  if (claimants.size() > 1)
    contested_.insert(definition->id);
  touched_.insert(definition->id);
  files_[file] = {rank, std::move(definition)};
}

void rule_claims::drop(const std::string& file) {
  const auto there = files_.find(file);
  if (there == files_.end())
    return;
  const auto& id = there->second.definition->id;
  const auto claimants = claimants_.find(id);
  claimants->second.erase(there->second.rank);
  if (claimants->second.size() < 2)
    contested_.erase(id);
  if (claimants->second.empty())
    claimants_.erase(claimants);
  touched_.insert(id);
  files_.erase(there);
}

void rule_claims::carry(const std::string& from, const std::string& to) {
  const auto there = files_.find(from);
  if (there == files_.end() || from == to)
    return;
  drop(to);
  auto moved = std::move(there->second);
  files_.erase(there);
  claimants_[moved.definition->id][moved.rank] = to;
  files_[to] = std::move(moved);
}

std::vector<rule_change> rule_claims::settle(utc_time at) {
  std::vector<rule_change> removed;
  std::vector<rule_change> defined;
  for (const auto& id : std::exchange(touched_, {})) {
    const auto claimants = claimants_.find(id);
    const auto before = in_force_.find(id);
    if (claimants == claimants_.end()) {
      if (before == in_force_.end())
        continue;
      in_force_.erase(before);
      removed.push_back({rule_change::kind::removed, id, {}, {}, at, 0, {}});
      continue;
    }
    const auto& definition = files_.at(claimants->second.begin()->second).definition;
    if (before != in_force_.end() && *before->second == *definition)
      continue;
    in_force_[id] = definition;
    defined.push_back({rule_change::kind::defined, id, definition, {}, at, 0, {}});
  }
  for (auto& change : defined)
    removed.push_back(std::move(change));
  return removed;
}

std::set<rule_claims::conflict> rule_claims::conflicts() const {
  std::set<conflict> found;
  for (const auto& id : contested_) {
    const auto& claimants = claimants_.at(id);
    for (auto other = std::next(claimants.begin()); other != claimants.end(); ++other)
      found.insert({id, claimants.begin()->second, other->second});
  }
  return found;
}

std::map<std::string, std::string> rule_claims::ids() const {
  std::map<std::string, std::string> found;
  for (const auto& [file, claimed] : files_)
    found.emplace_hint(found.end(), file, claimed.definition->id);
  return found;
}

} // namespace sluice
