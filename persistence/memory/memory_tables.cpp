#include "persistence/memory/memory_tables.hpp"

#include "model/base/error.hpp"
#include "model/run/lease_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

/// Returns up to `limit` rows after the first `since`, of a table whose row `id` stands at `id` - 1.
template <class Row>
std::vector<Row> rows_after(const std::vector<Row>& rows, std::int64_t since, std::size_t limit) {
  const auto first = std::min(rows.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, since)));
  const auto count = std::min(limit, rows.size() - first);
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
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
  for (const auto& [id, row] : steps_[run])
    rows.push_back(row);
  return rows;
}

std::int64_t memory_commands::insert(const command_row& command) {
  undo_->record([this, run = command.run] {
    rows_.pop_back();
    of_run_[run].pop_back();
  });
  const auto id = static_cast<std::int64_t>(rows_.size()) + 1;
  rows_.push_back(command);
  rows_.back().id = id;
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
  if (id < 1 || id > static_cast<std::int64_t>(rows_.size()))
    throw error("not_found", fmt::format("there is no command {}", id));
  auto& row = rows_[static_cast<std::size_t>(id - 1)];
  undo_->record([this, id, old = row.state] { rows_[static_cast<std::size_t>(id - 1)].state = old; });
  row.state = state;
}

std::vector<command_row> memory_commands::list(const uuid& run) {
  std::vector<command_row> result;
  for (const auto id : of_run_[run])
    result.push_back(rows_[static_cast<std::size_t>(id - 1)]);
  return result;
}

std::vector<command_row> memory_commands::after(std::int64_t id, std::size_t limit) {
  return rows_after(rows_, id, limit);
}

void memory_events::append(std::vector<run_event>& events) {
  for (auto& event : events) {
    auto& ids = of_run_[event.run];
    if (event.seq != ids.size() + 1)
      throw error("sequence_gap", fmt::format("event {} of run {} does not follow on {}", event.seq,
                                              to_string(event.run), ids.size()));
    undo_->record([this, run = event.run] {
      rows_.pop_back();
      of_run_[run].pop_back();
    });
    event.id = static_cast<std::int64_t>(rows_.size()) + 1;
    ids.push_back(event.id);
    rows_.push_back(event);
  }
}

std::vector<run_event> memory_events::since(std::int64_t since, std::size_t limit) {
  return rows_after(rows_, since, limit);
}

std::vector<run_event> memory_events::of_run(const uuid& run, std::uint64_t since_seq, std::size_t limit) {
  std::vector<run_event> result;
  const auto& ids = of_run_[run];
  for (auto seq = static_cast<std::size_t>(since_seq); seq < ids.size() && result.size() < limit; ++seq)
    result.push_back(rows_[static_cast<std::size_t>(ids[seq] - 1)]);
  return result;
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
  undo_->record([this] { rows_.pop_back(); });
  rows_.push_back(row);
  rows_.back().id = static_cast<std::int64_t>(rows_.size());
  return rows_.back().id;
}

std::vector<audit_row> memory_audit::since(std::int64_t since, std::size_t limit) {
  return rows_after(rows_, since, limit);
}

std::int64_t memory_audit::last_id() {
  return rows_.empty() ? 0 : rows_.back().id;
}

} // namespace sluice
