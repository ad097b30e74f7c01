#include "persistence/memory/memory_tables.hpp"

#include "model/base/error.hpp"
#include "model/run/lease_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

/// Returns up to `limit` rows with an id above `since`, by id.
template <class Row>
std::vector<Row> rows_after(const std::map<std::int64_t, Row>& rows, std::int64_t since, std::size_t limit) {
  std::vector<Row> found;
  for (auto at = rows.upper_bound(since); at != rows.end() && found.size() < limit; ++at)
    found.push_back(at->second);
  return found;
}

/// Takes the oldest rows of `run`, at most `limit`, out of a table with ids; the transaction puts them back
/// when it is rolled back. Returns the ids of those.
template <class Row>
std::vector<std::int64_t> erase_rows(std::map<std::int64_t, Row>& rows,
                                     std::map<uuid, std::vector<std::int64_t>>& of_run, const uuid& run,
                                     std::size_t limit, undo_log& undo) {
  const auto found = of_run.find(run);
  if (found == of_run.end())
    return {};
  auto& left = found->second;
  const auto end = left.begin() + static_cast<std::ptrdiff_t>(std::min(limit, left.size()));
  const std::vector<std::int64_t> ids(left.begin(), end);
  left.erase(left.begin(), end);
  if (left.empty())
    of_run.erase(found);
  std::vector<Row> old;
  for (const auto id : ids)
    old.push_back(std::move(rows.extract(id).mapped()));
  undo.record([&rows, &of_run, run, old = std::move(old), ids] {
    for (std::size_t i = 0; i < ids.size(); ++i)
      rows.emplace(ids[i], old[i]);
    auto& all = of_run[run];
    all.insert(all.begin(), ids.begin(), ids.end());
  });
  return ids;
}

} // namespace

void memory_steps::put(const uuid& run, const step_row& step) {
  auto& of_run = steps_[run];
  const auto found = of_run.find(step.step);
  if (found == of_run.end())
    undo_->record([this, run, id = step.step] { steps_[run].erase(id); });
  else
    undo_->record([this, run, old = found->second] { steps_[run][old.step] = old; });
  of_run[step.step] = step;
}

std::vector<step_row> memory_steps::list(const uuid& run) {
  std::vector<step_row> rows;
  if (const auto found = steps_.find(run); found != steps_.end())
    for (const auto& [id, row] : found->second)
      rows.push_back(row);
  return rows;
}

std::size_t memory_steps::erase(const uuid& run) {
  const auto found = steps_.find(run);
  if (found == steps_.end())
    return 0;
  const auto count = found->second.size();
  undo_->record([this, run, old = std::move(found->second)] { steps_[run] = old; });
  steps_.erase(found);
  return count;
}

std::int64_t memory_commands::insert(const command_row& command) {
  undo_->record([this, run = command.run] {
    rows_.erase(last_id_--);
    of_run_[run].pop_back();
  });
  const auto id = ++last_id_;
  rows_.emplace(id, command).first->second.id = id;
  of_run_[command.run].push_back(id);
  return id;
}

std::optional<command_row> memory_commands::undelivered(const uuid& run) {
  for (const auto& row : list(run))
    if (row.state == command_state::undelivered)
      return row;
  return std::nullopt;
}

void memory_commands::set_state(std::int64_t id, command_state state) {
  const auto found = rows_.find(id);
  if (found == rows_.end())
    throw error("not_found", fmt::format("there is no command {}", id));
  undo_->record([this, id, old = found->second.state] { rows_.at(id).state = old; });
  found->second.state = state;
}

std::vector<command_row> memory_commands::list(const uuid& run) {
  std::vector<command_row> result;
  if (const auto found = of_run_.find(run); found != of_run_.end())
    for (const auto id : found->second)
      result.push_back(rows_.at(id));
  return result;
}

std::vector<command_row> memory_commands::after(std::int64_t id, std::size_t limit) {
  return rows_after(rows_, id, limit);
}

std::size_t memory_commands::erase(const uuid& run, std::size_t limit) {
  return erase_rows(rows_, of_run_, run, limit, *undo_).size();
}

void memory_events::append(std::vector<run_event>& events) {
  for (auto& event : events) {
    auto& ids = of_run_[event.run];
    const auto last = ids.empty() ? std::uint64_t{0} : rows_.at(ids.back()).seq;
    if (event.seq != last + 1)
      throw error("sequence_gap", fmt::format("event {} of run {} does not follow on {}", event.seq,
                                              to_string(event.run), last));
    undo_->record([this, run = event.run] {
      rows_.erase(last_id_--);
      of_run_[run].pop_back();
    });
    event.id = ++last_id_;
    ids.push_back(event.id);
    rows_.emplace(event.id, event);
  }
}

std::vector<run_event> memory_events::since(std::int64_t since, std::size_t limit) {
  return rows_after(rows_, since, limit);
}

std::vector<run_event> memory_events::of_run(const uuid& run, std::uint64_t since_seq, std::size_t limit) {
  std::vector<run_event> result;
  const auto found = of_run_.find(run);
  if (found == of_run_.end())
    return result;
  const auto& ids = found->second;
  if (ids.empty())
    return result;
  const auto gone = first_seq(ids) - 1;
  for (auto place = since_seq - std::min(since_seq, gone); place < ids.size() && result.size() < limit;
       ++place)
    result.push_back(rows_.at(ids[place]));
  return result;
}

std::size_t memory_events::erase(const uuid& run, std::size_t limit) {
  const auto erased = erase_rows(rows_, of_run_, run, limit, *undo_);
  if (!erased.empty() && erased.back() > removed_through_) {
    undo_->record([this, old = removed_through_] { removed_through_ = old; });
    removed_through_ = erased.back();
  }
  return erased.size();
}

lease_record memory_leases::find(const uuid& run) {
  const auto found = leases_.find(run);
  return found == leases_.end() ? lease_record{} : found->second;
}

void memory_leases::put(const uuid& run, const lease_record& lease) {
  undo_->record([this, run, old = find(run)] { leases_[run] = old; });
  leases_[run] = lease;
}

std::vector<lease_row> memory_leases::held(const uuid& after, std::size_t limit) {
  std::vector<lease_row> rows;
  for (auto at = leases_.upper_bound(after); at != leases_.end() && rows.size() < limit; ++at)
    if (at->second.owner)
      rows.push_back({at->first, at->second});
  return rows;
}

std::vector<lease_row> memory_leases::expired(const boot_instant& now, std::size_t limit) {
  std::vector<lease_row> rows;
  for (const auto& [run, lease] : leases_)
    if (rows.size() < limit && lease.owner && !is_live(lease, now))
      rows.push_back({run, lease});
  return rows;
}

std::size_t memory_leases::erase(const uuid& run) {
  const auto found = leases_.find(run);
  if (found == leases_.end())
    return 0;
  undo_->record([this, run, old = found->second] { leases_[run] = old; });
  leases_.erase(found);
  return 1;
}

lane_row& memory_lanes::change(std::string_view env, std::string_view lane) {
  const std::pair key{std::string(env), std::string(lane)};
  const auto found = lanes_.find(key);
  if (found != lanes_.end()) {
    undo_->record([this, old = found->second] { lanes_[{old.lane.env, old.lane.lane}] = old; });
    return found->second;
  }
  undo_->record([this, key] { lanes_.erase(key); });
  return lanes_.emplace(key, lane_row{{key.first, key.second}}).first->second;
}

lane_row memory_lanes::find(std::string_view env, std::string_view lane) {
  const auto found = lanes_.find({std::string(env), std::string(lane)});
  return found == lanes_.end() ? lane_row{{std::string(env), std::string(lane)}} : found->second;
}

std::vector<lane_row> memory_lanes::list() {
  std::vector<lane_row> rows;
  for (const auto& [key, row] : lanes_)
    rows.push_back(row);
  return rows;
}

void memory_lanes::set_settings(std::string_view env, std::string_view lane, const lane_settings& settings) {
  change(env, lane).settings = settings;
}

void memory_lanes::set_usage(std::string_view env, std::string_view lane, const lane_usage& usage) {
  auto& row = change(env, lane);
  row.usage = usage;
  row.usage.concurrent_runs = 0;
}

std::int64_t memory_audit::append(const audit_row& row) {
  undo_->record([this] { rows_.erase(last_id_--); });
  const auto id = ++last_id_;
  rows_.emplace(id, row).first->second.id = id;
  return id;
}

std::vector<audit_row> memory_audit::since(std::int64_t since, std::size_t limit) {
  return rows_after(rows_, since, limit);
}

std::size_t memory_audit::erase_before(utc_time moment, std::size_t limit) {
  std::size_t count = 0;
  while (!rows_.empty() && count < limit && rows_.begin()->second.at < moment) {
    undo_->record([this, old = rows_.begin()->second] { rows_.emplace(old.id, old); });
    rows_.erase(rows_.begin());
    ++count;
  }
  return count;
}

} // namespace sluice
