#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

#include <utility>

namespace sluice {

namespace {

/// Reads enabled, reason, ticks_per_day, concurrent_runs, usage_day and usage_ticks.
lane_row read_lane(query& row, lane_queue lane) {
  lane_row found{std::move(lane)};
  found.settings.enabled = row.flag();
  found.settings.reason = row.text();
  found.settings.ticks_per_day = row.optional_natural();
  found.settings.concurrent_runs = row.optional_natural();
  found.usage.day = row.text();
  found.usage.ticks = row.natural();
  return found;
}

} // namespace

sqlite_lanes::met_lane& sqlite_lanes::meet(std::string_view env, std::string_view lane) {
  for (auto& each : met_)
    if (each.row.lane.lane == lane && each.row.lane.env == env)
      return each;
  query row(*in_, "SELECT enabled, reason, ticks_per_day, concurrent_runs, usage_day, usage_ticks "
                  "FROM lanes WHERE env = ? AND lane = ?");
  lane_queue which{std::string(env), std::string(lane)};
  auto found = row.bind(which.env).bind(which.lane).next() ? read_lane(row, std::move(which))
                                                           : lane_row{std::move(which)};
  return met_.emplace_back(met_lane{std::move(found)});
}

lane_row sqlite_lanes::find(std::string_view env, std::string_view lane) {
  return meet(env, lane).row;
}

std::vector<lane_row> sqlite_lanes::list() {
  write();
  std::vector<lane_row> lanes;
  query row(*in_, "SELECT env, lane, enabled, reason, ticks_per_day, concurrent_runs, usage_day, usage_ticks "
                  "FROM lanes ORDER BY env, lane");
  while (row.next()) {
    lane_queue which;
    which.env = row.text();
    which.lane = row.text();
    lanes.push_back(read_lane(row, std::move(which)));
  }
  return lanes;
}

// Two statements each: one that inserts or updates would be kept ready to be undone.

void sqlite_lanes::set_settings(std::string_view env, std::string_view lane, const lane_settings& settings) {
  meet(env, lane).row.settings = settings;
  query old(*in_, "UPDATE lanes SET enabled = ?, reason = ?, ticks_per_day = ?, concurrent_runs = ? "
                  "WHERE env = ? AND lane = ?");
  old.bind(settings.enabled).bind(settings.reason).bind(settings.ticks_per_day);
  if (old.bind(settings.concurrent_runs).bind(env).bind(lane).run() == 1)
    return;
  query fresh(*in_, "INSERT INTO lanes (enabled, reason, ticks_per_day, concurrent_runs, env, lane, "
                    "usage_day, usage_ticks) VALUES (?, ?, ?, ?, ?, ?, '', 0)");
  fresh.bind(settings.enabled).bind(settings.reason).bind(settings.ticks_per_day);
  fresh.bind(settings.concurrent_runs).bind(env).bind(lane).run();
}

void sqlite_lanes::set_usage(std::string_view env, std::string_view lane, const lane_usage& usage) {
  auto& met = meet(env, lane);
  met.row.usage = usage;
  met.row.usage.concurrent_runs = 0;
  met.used = true;
}

void sqlite_lanes::write() {
  for (auto& each : met_)
    if (std::exchange(each.used, false))
      write_usage(each.row);
}

void sqlite_lanes::write_usage(const lane_row& row) {
  const auto& [which, settings, usage] = row;
  query old(*in_, "UPDATE lanes SET usage_day = ?, usage_ticks = ? WHERE env = ? AND lane = ?");
  if (old.bind(usage.day).bind(usage.ticks).bind(which.env).bind(which.lane).run() == 1)
    return;
  query fresh(*in_, "INSERT INTO lanes (env, lane, enabled, reason, usage_day, usage_ticks) "
                    "VALUES (?, ?, 1, '', ?, ?)");
  fresh.bind(which.env).bind(which.lane).bind(usage.day).bind(usage.ticks).run();
}

} // namespace sluice
