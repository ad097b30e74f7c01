#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

namespace sluice {

lane_settings sqlite_lanes::settings(std::string_view env, std::string_view lane) {
  query row(*in_, "SELECT enabled, reason, ticks_per_day, concurrent_runs FROM lanes "
                  "WHERE env = ? AND lane = ?");
  lane_settings settings;
  if (!row.bind(env).bind(lane).next())
    return settings;
  settings.enabled = row.flag();
  settings.reason = row.text();
  settings.ticks_per_day = row.optional_natural();
  settings.concurrent_runs = row.optional_natural();
  return settings;
}

void sqlite_lanes::set_settings(std::string_view env, std::string_view lane, const lane_settings& settings) {
  query row(*in_, "INSERT INTO lanes (env, lane, enabled, reason, ticks_per_day, concurrent_runs, "
                  "usage_day, usage_ticks) VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', 0) "
                  "ON CONFLICT (env, lane) DO UPDATE "
                  "SET enabled = ?3, reason = ?4, ticks_per_day = ?5, concurrent_runs = ?6");
  row.bind(env).bind(lane).bind(settings.enabled).bind(settings.reason).bind(settings.ticks_per_day);
  row.bind(settings.concurrent_runs).run();
}

lane_usage sqlite_lanes::usage(std::string_view env, std::string_view lane) {
  query row(*in_, "SELECT usage_day, usage_ticks FROM lanes WHERE env = ? AND lane = ?");
  lane_usage usage;
  if (!row.bind(env).bind(lane).next())
    return usage;
  usage.day = row.text();
  usage.ticks = row.natural();
  return usage;
}

void sqlite_lanes::set_usage(std::string_view env, std::string_view lane, const lane_usage& usage) {
  query row(*in_, "INSERT INTO lanes (env, lane, enabled, reason, usage_day, usage_ticks) "
                  "VALUES (?1, ?2, 1, '', ?3, ?4) "
                  "ON CONFLICT (env, lane) DO UPDATE SET usage_day = ?3, usage_ticks = ?4");
  row.bind(env).bind(lane).bind(usage.day).bind(usage.ticks).run();
}

} // namespace sluice
