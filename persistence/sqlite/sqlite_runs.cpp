#include "persistence/sqlite/sqlite_runs.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/run_list.hpp"
#include "persistence/sqlite/run_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace sluice {

namespace {

queue_columns columns_of(const run_row& run) {
  return {run.status, run.priority, run.available_at, run.owned};
}

[[noreturn]] void throw_taken(connection& in, const run_row& run) {
  query same_id(in, "SELECT 1 FROM runs WHERE id = ?");
  if (same_id.bind(run.id).next())
    throw error("duplicate_id", fmt::format("there is a run {} already", to_string(run.id)));
  throw error("duplicate_key", fmt::format("the idempotency key '{}' is taken in '{}'",
                                           run.idempotency_key.value_or(""), run.env));
}

/// Goes through the due runs of one priority, which `rows` gives as (key, id, priority, available_at) from
/// there on, and returns the key of the first that is not in `except`. 0: there is none; `priority` says
/// where.
struct found_run {
  std::int64_t key = 0;
  std::optional<std::int64_t> priority = {};
};

found_run first_due(query& rows, const std::string& now, const std::vector<uuid>& except) {
  found_run found;
  while (rows.next()) {
    const auto key = rows.integer();
    const auto id = rows.id();
    found.priority = rows.integer();
    // Within a priority the oldest comes first, so the rest of it is not due either.
    if (rows.text() > now)
      return found;
    if (std::find(except.begin(), except.end(), id) == except.end()) {
      found.key = key;
      return found;
    }
  }
  found.priority.reset();
  return found;
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
  keys_->note(run.id, key, columns_of(run));
  query state(*in_, "INSERT INTO run_state (run_key, run_graph, params) VALUES (?, ?, ?)");
  state.bind(key).bind(body.run_graph).bind(body.params).run();
}

std::optional<run_row> sqlite_runs::find(const uuid& id) {
  auto* const known = keys_->find(id);
  if (known == nullptr)
    return std::nullopt;
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
    known->columns = columns_of(run);
  return updated;
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

std::optional<run_row> sqlite_runs::next_to_advance(const lane_queue& from, utc_time now,
                                                    const std::vector<uuid>& except) {
  const auto due = to_string(now);
  std::int64_t highest = std::numeric_limits<std::int32_t>::max();
  for (;;) {
    query rows(*in_, "SELECT run_key, id, priority, available_at FROM runs INDEXED BY runs_advance "
                     "WHERE env = ? AND lane = ? AND owned = 0 "
                     "AND (status = 'queued' OR status = 'preparing' OR status = 'running') "
                     "AND priority <= ? "
                     "ORDER BY priority DESC, available_at, id");
    rows.bind(from.env).bind(from.lane).bind(highest);
    const auto found = first_due(rows, due, except);
    if (found.key != 0)
      return read_run(*in_, found.key);
    if (!found.priority)
      return std::nullopt;
    // Nothing of this priority is due: seek past all of it.
    highest = *found.priority - 1;
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

} // namespace sluice
