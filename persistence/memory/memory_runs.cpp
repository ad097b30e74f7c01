#include "persistence/memory/memory_runs.hpp"

#include "model/base/error.hpp"
#include "model/run/claim_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace sluice {

namespace {

queue_place place_of(const run_row& run) {
  return {run.priority, run.available_at, run.id};
}

bool fits(const run_row& run, const run_filter& filter) {
  return (filter.env.empty() || filter.env == run.env) && (filter.lane.empty() || filter.lane == run.lane) &&
         (!filter.status || *filter.status == run.status) &&
         (filter.job_type.empty() || filter.job_type == run.job_type);
}

} // namespace

void memory_runs::insert(const run_row& run, const run_body& body) {
  if (runs_.count(run.id) != 0)
    throw error("duplicate_id", fmt::format("there is a run {} already", to_string(run.id)));
  if (run.idempotency_key && keys_.count({run.env, *run.idempotency_key}) != 0)
    throw error("duplicate_key",
                fmt::format("the idempotency key '{}' is taken in '{}'", *run.idempotency_key, run.env));
  undo_->record([this, id = run.id] { remove(id); });
  add({run, body});
}

std::optional<run_row> memory_runs::find(const uuid& id) {
  const auto found = runs_.find(id);
  return found == runs_.end() ? std::nullopt : std::optional(found->second.row);
}

std::optional<run_body> memory_runs::body(const uuid& id) {
  const auto found = runs_.find(id);
  return found == runs_.end() ? std::nullopt : std::optional(found->second.body);
}

std::optional<run_row> memory_runs::find_by_key(std::string_view env, std::string_view key) {
  const auto found = keys_.find({std::string(env), std::string(key)});
  return found == keys_.end() ? std::nullopt : find(found->second);
}

bool memory_runs::update(const run_row& run, std::uint64_t expected) {
  const auto found = runs_.find(run.id);
  if (found == runs_.end() || found->second.row.version != expected)
    return false;
  undo_->record([this, old = found->second.row] { replace(runs_.at(old.id), old); });
  replace(found->second, run);
  return true;
}

std::vector<run_row> memory_runs::due(const lane_queue& from, utc_time now, const std::vector<uuid>& except,
                                      std::size_t limit) {
  std::vector<run_row> found;
  for (const auto& place : lanes_[{from.env, from.lane}].advance) {
    if (found.size() == limit)
      break;
    if (place.available_at <= now && std::find(except.begin(), except.end(), place.id) == except.end())
      found.push_back(runs_.at(place.id).row);
  }
  return found;
}

std::optional<utc_time> memory_runs::next_due(const lane_queue& from, utc_time now) {
  const auto& advance = lanes_[{from.env, from.lane}].advance;
  std::optional<utc_time> earliest;
  for (auto at = advance.begin(); at != advance.end();) {
    const auto priority = at->priority;
    at = advance.lower_bound({priority, now + std::chrono::milliseconds{1}, {}});
    if (at != advance.end() && at->priority == priority)
      earliest = std::min(earliest.value_or(at->available_at), at->available_at);
    if (priority == std::numeric_limits<std::int32_t>::min())
      break;
    at = advance.lower_bound({priority - 1, utc_time::min(), {}});
  }
  return earliest;
}

std::optional<run_row> memory_runs::next_to_settle(const lane_queue& from) {
  const auto& settle = lanes_[{from.env, from.lane}].settle;
  return settle.empty() ? std::nullopt : find(settle.begin()->id);
}

bool memory_runs::has_owned(const lane_queue& from) {
  const auto& owned = lanes_[{from.env, from.lane}].owned;
  return std::any_of(owned.begin(), owned.end(),
                     [&](const uuid& id) { return work_of(runs_.at(id).row.status) != work_kind::none; });
}

std::size_t memory_runs::count_owned(const lane_queue& from) {
  return lanes_[{from.env, from.lane}].owned.size();
}

std::vector<run_row> memory_runs::children(const uuid& parent) {
  std::vector<run_row> result;
  if (const auto found = children_.find(parent); found != children_.end())
    for (const auto& id : found->second)
      result.push_back(runs_.at(id).row);
  return result;
}

std::vector<run_row> memory_runs::list(const run_filter& filter) {
  std::vector<run_row> page;
  auto at = filter.before.empty() ? runs_.end() : runs_.lower_bound(filter.before);
  const auto oldest = filter.since ? first_uuid_of(*filter.since) : uuid{};
  while (at != runs_.begin() && page.size() < filter.limit) {
    --at;
    if (at->first < oldest)
      break;
    if (fits(at->second.row, filter))
      page.push_back(at->second.row);
  }
  return page;
}

std::vector<lane_queue> memory_runs::lanes() {
  std::vector<lane_queue> found;
  for (const auto& [key, index] : lanes_)
    if (index.runs > 0)
      found.push_back({key.first, key.second});
  return found;
}

run_counts memory_runs::count_by_status() {
  run_counts counts{};
  for (const auto& [id, kept] : runs_)
    ++counts[static_cast<std::size_t>(kept.row.status)];
  return counts;
}

std::vector<uuid> memory_runs::finished_before(utc_time moment, std::size_t limit) {
  std::vector<uuid> found;
  for (const auto& [id, kept] : runs_) {
    if (found.size() == limit)
      break;
    if (is_terminal(kept.row.status) && !kept.row.owned && kept.row.finished_at &&
        *kept.row.finished_at < moment)
      found.push_back(id);
  }
  return found;
}

bool memory_runs::erase(const uuid& id) {
  const auto found = runs_.find(id);
  if (found == runs_.end())
    return false;
  undo_->record([this, old = found->second] { add(old); });
  remove(id);
  return true;
}

void memory_runs::add(const entry& what) {
  const auto& run = what.row;
  runs_.emplace(run.id, what);
  ++index_of(run).runs;
  if (run.idempotency_key)
    keys_[{run.env, *run.idempotency_key}] = run.id;
  if (!run.parent_run_id.empty())
    children_[run.parent_run_id].insert(run.id);
  add_to_indices(run);
}

void memory_runs::add_to_indices(const run_row& run) {
  auto& index = index_of(run);
  if (run.owned)
    index.owned.insert(run.id);
  else if (work_of(run.status) == work_kind::advance)
    index.advance.insert(place_of(run));
  else if (work_of(run.status) == work_kind::settle)
    index.settle.insert(place_of(run));
}

void memory_runs::remove_from_indices(const run_row& run) {
  auto& index = index_of(run);
  index.owned.erase(run.id);
  index.advance.erase(place_of(run));
  index.settle.erase(place_of(run));
}

void memory_runs::replace(entry& old, const run_row& run) {
  remove_from_indices(old.row);
  old.row = run;
  add_to_indices(run);
}

void memory_runs::remove(const uuid& id) {
  const auto found = runs_.find(id);
  const auto& run = found->second.row;
  remove_from_indices(run);
  --index_of(run).runs;
  if (run.idempotency_key)
    keys_.erase({run.env, *run.idempotency_key});
  if (const auto siblings = children_.find(run.parent_run_id); siblings != children_.end()) {
    siblings->second.erase(id);
    if (siblings->second.empty())
      children_.erase(siblings);
  }
  runs_.erase(found);
}

} // namespace sluice
