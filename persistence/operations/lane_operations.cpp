#include "persistence/operations/lane_operations.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/base/name.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

constexpr const char* action_of_set = "lane.set";

void require_name(const char* what, const std::string& name) {
  if (!is_valid_name(name))
    throw error("bad_name", fmt::format("{} '{}' is no name: use at most 128 letters, digits, _ and -, and "
                                        "begin with a letter or _",
                                        what, name.substr(0, 160)));
}

ordered_json describe_settings(const lane_settings& settings) {
  ordered_json text = {{"enabled", settings.enabled}, {"reason", settings.reason}};
  text["ticks_per_day"] = settings.ticks_per_day ? ordered_json(*settings.ticks_per_day) : ordered_json();
  text["concurrent_runs"] =
      settings.concurrent_runs ? ordered_json(*settings.concurrent_runs) : ordered_json();
  return text;
}

} // namespace

bool set_lane(store& in, const lane_queue& which, const lane_settings& settings, const std::string& by,
              utc_time now) {
  require_name("env", which.env);
  require_name("lane", which.lane);
  const auto old = in.lanes().settings(which.env, which.lane);
  if (old == settings)
    return false;
  in.lanes().set_settings(which.env, which.lane, settings);
  const ordered_json detail = {{"old", describe_settings(old)}, {"new", describe_settings(settings)}};
  in.audit().append(
      {0, now, by, action_of_set, fmt::format("{}/{}", which.env, which.lane), json(detail).dump()});
  fault_point("lane.written");
  return true;
}

std::optional<lane_queue> lane_set_by(const audit_row& row) {
  // Names contain no slash.
  const auto slash = row.subject.find('/');
  if (row.action != action_of_set || slash == row.subject.npos)
    return std::nullopt;
  return lane_queue{row.subject.substr(0, slash), row.subject.substr(slash + 1)};
}

std::vector<lane_row> list_lanes(store& in) {
  std::map<std::pair<std::string, std::string>, lane_row> found;
  for (auto& row : in.lanes().list())
    found.emplace(std::pair(row.lane.env, row.lane.lane), std::move(row));
  for (auto& lane : in.runs().lanes()) {
    const std::pair key(lane.env, lane.lane);
    found.try_emplace(key, lane_row{std::move(lane), {}, {}});
  }
  std::vector<lane_row> rows;
  for (auto& [key, row] : found) {
    row.usage.concurrent_runs = in.runs().count_owned(row.lane);
    rows.push_back(std::move(row));
  }
  return rows;
}

} // namespace sluice
