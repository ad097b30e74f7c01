#include "persistence/sqlite/sqlite_runs.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/run_list.hpp"
#include "persistence/sqlite/run_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace sluice {

namespace {

queue_columns columns_of(const run_row& run) {
  return {run.status, run.priority, run.available_at, run.owned};
}

[[noreturn]] void throw_taken(sqlite_connection& in, const run_row& run) {
  query same_id(in, "SELECT 1 FROM runs WHERE id = ?");
  if (same_id.bind(run.id).next())
    throw error("duplicate_id", fmt::format("there is a run {} already", to_string(run.id)));
  throw error("duplicate_key", fmt::format("the idempotency key '{}' is taken in '{}'",
                                           run.idempotency_key.value_or(""), run.env));
}

/// Goes through the due runs of one priority, which `rows` gives as (key, id, priority, available_at) from
/// there on, and adds the keys of those that are not in `except`, until there are `limit`. Returns the
/// priority that has been gone through; nothing when there is no need to look further.
std::optional<std::int64_t> add_due(query& rows, std::string_view now, const std::vector<uuid>& except,
                                    std::size_t limit, std::vector<std::int64_t>& keys) {
  while (rows.next()) {
    const auto key = rows.integer();
    const auto id = rows.id();
    const auto priority = rows.integer();
    // Within a priority the oldest comes first, so the rest of it is not due either.
    if (rows.text_here() > now)
      return priority;
    if (std::find(except.begin(), except.end(), id) == except.end())
      keys.push_back(key);
    if (keys.size() == limit)
      return std::nullopt;
  }
  return std::nullopt;
}

} // namespace

void sqlite_runs::insert(const run_row& run, const run_body& body) {
  query row(*in_, "INSERT INTO runs (id, env, lane, mode, job_type, requested_by, status, priority, "
                  "available_at, created_at, updated_at, started_at, finished_at, parent_run_id, retry_of, "
                  "idempotency_key, body_digest, error_code, error_text, version, last_seq, owned) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(run.id).bind(run.env).bind(run.lane).bind(run.mode).bind(run.job_type).bind(run.requested_by);
  row.bind(to_string(run.status)).bind(run.priority).bind(run.available_at).bind(run.created_at);
  row.bind(run.updated_at).bind(run.started_at).bind(run.finished_at).bind_or_null(run.parent_run_id);
  row.bind_or_null(run.retry_of).bind(run.idempotency_key).bind(run.body_digest).bind(run.error_code);
  row.bind(run.error_text).bind(run.version).bind(run.last_seq).bind(run.owned);
  if (row.run_unless_taken() < 0)
    throw_taken(*in_, run);
  const auto key = in_->last_key();
  keys_->note_new(run.id, key, columns_of(run));
  query state(*in_, "INSERT INTO run_state (run_key, run_graph, params) VALUES (?, ?, ?)");
  state.bind(key).bind(body.run_graph).bind(body.params).run();
}

std::optional<run_row> sqlite_runs::find(const uuid& id) {
  auto* const known = keys_->find(id);
  if (known == nullptr)
    return std::nullopt;
  if (known->owned && known->owned->row)
    return known->owned->row;
  auto run = read_run(*in_, known->key);
  if (run)
    known->columns = columns_of(*run);
  return run;
}

std::optional<run_body> sqlite_runs::body(const uuid& id) {
  const auto* const known = keys_->find(id);
  if (known == nullptr)
    return std::nullopt;
  query row(*in_, "SELECT run_graph, params FROM run_state WHERE run_key = ?");
  if (!row.bind(known->key).next())
    return std::nullopt;
  auto graph = row.text();
  return run_body{std::move(graph), row.text()};
}

std::optional<run_row> sqlite_runs::find_by_key(std::string_view env, std::string_view key) {
  query row(*in_, "SELECT run_key FROM runs INDEXED BY runs_idempotency "
                  "WHERE env = ? AND idempotency_key = ? AND idempotency_key IS NOT NULL");
  return row.bind(env).bind(key).next() ? read_run(*in_, row.integer()) : std::nullopt;
}

bool sqlite_runs::update(const run_row& run, std::uint64_t expected) {
  auto* const known = keys_->find(run.id);
  if (known == nullptr)
    return false;
  const bool updated = (known->columns == columns_of(run) && update_in_place(run, expected, *known)) ||
                       update_everywhere(run, expected, known->key);
  if (updated)
    note(run, *known);
  return updated;
}

void sqlite_runs::note(const run_row& run, known_run& known) {
  known.columns = columns_of(run);
  if (!run.owned)
    return known.owned.reset();
  if (!known.owned)
    known.owned = std::make_unique<owned_run>();
  known.owned->row = run;
}

/// Leaves the indexes alone, which SQLite writes anew for every column that is named, changed or not. The
/// guard makes sure that the columns in them are what they were.
bool sqlite_runs::update_in_place(const run_row& run, std::uint64_t expected, const known_run& known) {
  query row(*in_, "UPDATE runs SET updated_at = ?, started_at = ?, finished_at = ?, error_code = ?, "
                  "error_text = ?, version = ?, last_seq = ? WHERE run_key = ? AND version = ? "
                  "AND status = ? AND priority = ? AND available_at = ? AND owned = ?");
  row.bind(run.updated_at).bind(run.started_at).bind(run.finished_at).bind(run.error_code);
  row.bind(run.error_text).bind(run.version).bind(run.last_seq).bind(known.key).bind(expected);
  row.bind(to_string(run.status)).bind(run.priority).bind(run.available_at).bind(run.owned);
  return row.run() == 1;
}

bool sqlite_runs::update_everywhere(const run_row& run, std::uint64_t expected, std::int64_t key) {
  query row(*in_, "UPDATE runs SET updated_at = ?, started_at = ?, finished_at = ?, error_code = ?, "
                  "error_text = ?, version = ?, last_seq = ?, status = ?, priority = ?, available_at = ?, "
                  "owned = ? WHERE run_key = ? AND version = ?");
  row.bind(run.updated_at).bind(run.started_at).bind(run.finished_at).bind(run.error_code);
  row.bind(run.error_text).bind(run.version).bind(run.last_seq).bind(to_string(run.status));
  row.bind(run.priority).bind(run.available_at).bind(run.owned).bind(key).bind(expected);
  return row.run() == 1;
}

std::vector<run_row> sqlite_runs::due(const lane_queue& from, utc_time now, const std::vector<uuid>& except,
                                      std::size_t limit) {
  const auto moment = to_string(now);
  std::vector<std::int64_t> keys;
  std::optional<std::int64_t> highest = std::numeric_limits<std::int32_t>::max();
  while (highest && keys.size() < limit) {
    query rows(*in_, "SELECT run_key, id, priority, available_at FROM runs INDEXED BY runs_advance "
                     "WHERE env = ? AND lane = ? AND owned = 0 "
                     "AND (status = 'queued' OR status = 'preparing' OR status = 'running') "
                     "AND priority <= ? "
                     "ORDER BY priority DESC, available_at, id");
    rows.bind(from.env).bind(from.lane).bind(*highest);
    highest = add_due(rows, moment, except, limit, keys);
    // What is left of this priority is not due: seek past all of it.
    if (highest)
      --*highest;
  }
  return read_runs(*in_, keys);
}

/// Two seeks in the queue for each priority that waits in it, however many runs have it.
std::optional<utc_time> sqlite_runs::next_due(const lane_queue& from, utc_time now) {
  std::optional<utc_time> earliest;
  auto above = std::int64_t{std::numeric_limits<std::int32_t>::max()} + 1;
  for (;;) {
    query next(*in_, "SELECT priority FROM runs INDEXED BY runs_advance WHERE env = ? AND lane = ? "
                     "AND owned = 0 AND (status = 'queued' OR status = 'preparing' OR status = 'running') "
                     "AND priority < ? ORDER BY priority DESC LIMIT 1");
    if (!next.bind(from.env).bind(from.lane).bind(above).next())
      return earliest;
    above = next.integer();
    query due(*in_, "SELECT available_at FROM runs INDEXED BY runs_advance WHERE env = ? AND lane = ? "
                    "AND owned = 0 AND (status = 'queued' OR status = 'preparing' OR status = 'running') "
                    "AND priority = ? AND available_at > ? ORDER BY available_at LIMIT 1");
    if (!due.bind(from.env).bind(from.lane).bind(above).bind(now).next())
      continue;
    const auto found = due.time();
    earliest = std::min(earliest.value_or(found), found);
  }
}

std::optional<run_row> sqlite_runs::next_to_settle(const lane_queue& from) {
  query row(*in_, "SELECT run_key FROM runs INDEXED BY runs_settle WHERE env = ? AND lane = ? "
                  "AND owned = 0 AND (status = 'pausing' OR status = 'cancelling') "
                  "ORDER BY priority DESC, available_at, id LIMIT 1");
  return row.bind(from.env).bind(from.lane).next() ? read_run(*in_, row.integer()) : std::nullopt;
}

bool sqlite_runs::has_owned(const lane_queue& from) {
  query row(*in_, "SELECT 1 FROM runs INDEXED BY runs_owned WHERE env = ? AND lane = ? AND owned = 1 "
                  "AND (status = 'queued' OR status = 'preparing' OR status = 'running' OR status = "
                  "'pausing' OR status = 'cancelling') LIMIT 1");
  return row.bind(from.env).bind(from.lane).next();
}

std::size_t sqlite_runs::count_owned(const lane_queue& from) {
  query row(*in_, "SELECT count(*) FROM runs INDEXED BY runs_owned "
                  "WHERE env = ? AND lane = ? AND owned = 1");
  return row.bind(from.env).bind(from.lane).next() ? static_cast<std::size_t>(row.integer()) : 0;
}

std::vector<run_row> sqlite_runs::children(const uuid& parent) {
  std::vector<std::int64_t> found;
  {
    query rows(*in_, "SELECT run_key FROM runs INDEXED BY runs_parent WHERE parent_run_id = ? ORDER BY id");
    for (rows.bind(parent); rows.next();)
      found.push_back(rows.integer());
  }
  return read_runs(*in_, found);
}

std::vector<run_row> sqlite_runs::list(const run_filter& filter) {
  return read_runs(*in_, newest_runs(*in_, filter));
}

run_counts sqlite_runs::count_by_status() {
  run_counts counts{};
  query groups(*in_, "SELECT status, count(*) FROM runs INDEXED BY runs_listed GROUP BY status");
  while (groups.next()) {
    const auto status = read_status(groups);
    counts[static_cast<std::size_t>(status)] = static_cast<std::uint64_t>(groups.integer());
  }
  return counts;
}

/// A run is made before it ends, and ids are in the order in which runs were made: so those that may have
/// ended long ago stand together, and no index of ends is needed, which every run would have to pay for.
std::vector<uuid> sqlite_runs::finished_before(utc_time moment, std::size_t limit) {
  std::vector<uuid> found;
  for (const auto& lane : lanes()) {
    for (const auto status : {run_status::succeeded, run_status::failed, run_status::cancelled}) {
      query rows(*in_, "SELECT id FROM runs INDEXED BY runs_listed WHERE env = ? AND lane = ? AND status = ? "
                       "AND id < ? AND finished_at < ? AND owned = 0 ORDER BY id LIMIT ?");
      rows.bind(lane.env).bind(lane.lane).bind(to_string(status)).bind(first_uuid_of(moment)).bind(moment);
      for (rows.bind(std::uint64_t{limit - found.size()}); rows.next();)
        found.push_back(rows.id());
      if (found.size() == limit)
        return found;
    }
  }
  return found;
}

bool sqlite_runs::erase(const uuid& id) {
  const auto* const known = keys_->find(id);
  if (known == nullptr)
    return false;
  query state(*in_, "DELETE FROM run_state WHERE run_key = ?");
  state.bind(known->key).run();
  query row(*in_, "DELETE FROM runs WHERE run_key = ?");
  const bool erased = row.bind(known->key).run() == 1;
  keys_->forget(id);
  return erased;
}

std::vector<lane_queue> sqlite_runs::lanes() {
  return lanes_with_runs(*in_);
}

} // namespace sluice
