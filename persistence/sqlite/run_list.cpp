#include "persistence/sqlite/run_list.hpp"

#include "persistence/sqlite/query.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

namespace {

/// Runs that stand together in `runs_listed`.
struct run_group {
  std::string env;
  std::string lane;
  std::string status;
};

/// A run by id, then key.
using listed_run = std::pair<std::string, std::int64_t>;

/// Comes after every id.
constexpr std::string_view past_all_ids = "g";

std::string upper_bound(const run_filter& filter) {
  return filter.before.empty() ? std::string(past_all_ids) : to_string(filter.before);
}

/// Comes before every id that fits, and is none of them.
std::string lower_bound(const run_filter& filter) {
  return filter.since ? to_string(first_uuid_of(*filter.since)) : std::string();
}

std::optional<run_group> read_group(query& row) {
  if (!row.next())
    return std::nullopt;
  run_group group;
  group.env = row.text();
  group.lane = row.text();
  group.status = row.text();
  return group;
}

/// Returns the first group of the lane after `group`'s: at most two seeks, however large the groups are. (A
/// comparison of the columns at once would be one seek by `env` and then a walk over all its runs.)
std::optional<run_group> next_lane(sqlite_connection& in, const run_group& group) {
  query same_env(in, "SELECT env, lane, status FROM runs INDEXED BY runs_listed "
                     "WHERE env = ? AND lane > ? ORDER BY lane, status LIMIT 1");
  if (const auto next = read_group(same_env.bind(group.env).bind(group.lane)))
    return next;
  query other_env(in, "SELECT env, lane, status FROM runs INDEXED BY runs_listed "
                      "WHERE env > ? ORDER BY env, lane, status LIMIT 1");
  return read_group(other_env.bind(group.env));
}

/// Returns the group after `group` in order: at most three seeks.
std::optional<run_group> next_group(sqlite_connection& in, const run_group& group) {
  query same_lane(in, "SELECT env, lane, status FROM runs INDEXED BY runs_listed "
                      "WHERE env = ? AND lane = ? AND status > ? ORDER BY status LIMIT 1");
  if (const auto next = read_group(same_lane.bind(group.env).bind(group.lane).bind(group.status)))
    return next;
  return next_lane(in, group);
}

std::vector<run_group> fitting_groups(sqlite_connection& in, const run_filter& filter) {
  const std::string status(filter.status ? to_string(*filter.status) : "");
  if (!filter.env.empty() && !filter.lane.empty() && !status.empty())
    return {{filter.env, filter.lane, status}};
  std::vector<run_group> groups;
  for (auto group = next_group(in, {filter.env, filter.lane, ""}); group; group = next_group(in, *group)) {
    if (!filter.env.empty() && filter.env != group->env)
      break;
    if ((filter.lane.empty() || filter.lane == group->lane) && (status.empty() || status == group->status))
      groups.push_back(*group);
  }
  return groups;
}

void keep_newest(std::vector<listed_run>& page, std::size_t limit) {
  std::sort(page.begin(), page.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  page.resize(std::min(page.size(), limit));
}

/// Adds the newest runs of a group and keeps the newest of all.
void merge(sqlite_connection& in, const run_group& group, const run_filter& filter,
           std::vector<listed_run>& page) {
  const auto limit = filter.limit;
  query rows(in, "SELECT id, run_key FROM runs INDEXED BY runs_listed "
                 "WHERE env = ? AND lane = ? AND status = ? AND id < ? AND id > ? ORDER BY id DESC LIMIT ?");
  rows.bind(group.env).bind(group.lane).bind(group.status).bind(upper_bound(filter));
  rows.bind(page.size() < limit ? lower_bound(filter) : page.back().first).bind(std::uint64_t{limit});
  while (rows.next()) {
    auto id = rows.text();
    page.emplace_back(std::move(id), rows.integer());
  }
  keep_newest(page, limit);
}

std::optional<listed_run> read_listed(query& row) {
  if (!row.next())
    return std::nullopt;
  auto id = row.text();
  return listed_run(std::move(id), row.integer());
}

/// Returns the newest run of the type, or of the group, between the bounds.
std::optional<listed_run> newest_typed(sqlite_connection& in, const std::string& job_type,
                                       const std::string& before, const std::string& after) {
  query row(in, "SELECT id, run_key FROM runs INDEXED BY runs_typed WHERE job_type <> '' AND job_type = ? "
                "AND id < ? AND id > ? ORDER BY id DESC LIMIT 1");
  return read_listed(row.bind(job_type).bind(before).bind(after));
}
std::optional<listed_run> newest_grouped(sqlite_connection& in, const run_group& group,
                                         const std::string& before, const std::string& after) {
  query row(in, "SELECT id, run_key FROM runs INDEXED BY runs_listed WHERE env = ? AND lane = ? AND "
                "status = ? AND id < ? AND id > ? ORDER BY id DESC LIMIT 1");
  return read_listed(row.bind(group.env).bind(group.lane).bind(group.status).bind(before).bind(after));
}

/// Comes after this id and before the next.
std::string just_above(const std::string& id) {
  return id + '!';
}

/// Adds the newest runs of a group that have the type, and keeps the newest of all.
void merge_typed(sqlite_connection& in, const run_group& group, const run_filter& filter,
                 std::vector<listed_run>& page) {
  const auto after = page.size() < filter.limit ? lower_bound(filter) : page.back().first;
  auto before = upper_bound(filter);
  for (std::size_t found = 0; found < filter.limit;) {
    auto typed = newest_typed(in, filter.job_type, before, after);
    if (!typed)
      break;
    const auto grouped = newest_grouped(in, group, just_above(typed->first), after);
    if (!grouped)
      break;
    before = grouped->first;
    if (grouped->first == typed->first) {
      page.push_back(*std::move(typed));
      ++found;
    } else {
      before = just_above(before);
    }
  }
  keep_newest(page, filter.limit);
}

std::vector<std::int64_t> newest_of_type(sqlite_connection& in, const run_filter& filter) {
  std::vector<std::int64_t> keys;
  query rows(in, "SELECT run_key FROM runs INDEXED BY runs_typed WHERE job_type <> '' AND job_type = ? "
                 "AND id < ? AND id > ? ORDER BY id DESC LIMIT ?");
  rows.bind(filter.job_type).bind(upper_bound(filter)).bind(lower_bound(filter));
  rows.bind(std::uint64_t{filter.limit});
  while (rows.next())
    keys.push_back(rows.integer());
  return keys;
}

std::vector<std::int64_t> newest_of_all(sqlite_connection& in, const run_filter& filter) {
  std::vector<std::int64_t> keys;
  query rows(in, "SELECT run_key FROM runs WHERE id < ? AND id > ? ORDER BY id DESC LIMIT ?");
  rows.bind(upper_bound(filter)).bind(lower_bound(filter)).bind(std::uint64_t{filter.limit});
  while (rows.next())
    keys.push_back(rows.integer());
  return keys;
}

} // namespace

std::vector<std::int64_t> newest_runs(sqlite_connection& in, const run_filter& filter) {
  if (filter.limit == 0)
    return {};
  const bool typed = !filter.job_type.empty();
  if (filter.env.empty() && filter.lane.empty() && !filter.status)
    return typed ? newest_of_type(in, filter) : newest_of_all(in, filter);
  std::vector<listed_run> page;
  for (const auto& group : fitting_groups(in, filter)) {
    if (typed)
      merge_typed(in, group, filter, page);
    else
      merge(in, group, filter, page);
  }
  std::vector<std::int64_t> keys;
  for (const auto& [id, key] : page)
    keys.push_back(key);
  return keys;
}

std::vector<lane_queue> lanes_with_runs(sqlite_connection& in) {
  std::vector<lane_queue> lanes;
  for (auto group = next_lane(in, {}); group; group = next_lane(in, *group))
    lanes.push_back({group->env, group->lane});
  return lanes;
}

} // namespace sluice
