#include "persistence/sqlite/run_reader.hpp"

#include "persistence/sqlite/query.hpp"

namespace sluice {

run_status read_status(query& row) {
  const auto written = row.text_here();
  const auto status = parse_run_status(written);
  if (!status)
    row.throw_unreadable("status of a run", written);
  return *status;
}

std::optional<run_row> read_run(sqlite_connection& in, std::int64_t key) {
  query row(in, "SELECT id, env, lane, mode, job_type, requested_by, status, priority, available_at, "
                "created_at, updated_at, started_at, finished_at, parent_run_id, retry_of, "
                "idempotency_key, body_digest, error_code, error_text, version, last_seq, owned "
                "FROM runs WHERE run_key = ?");
  if (!row.bind(key).next())
    return std::nullopt;
  run_row run;
  run.id = row.id();
  run.env = row.text();
  run.lane = row.text();
  run.mode = row.text();
  run.job_type = row.text();
  run.requested_by = row.text();
  run.status = read_status(row);
  run.priority = static_cast<std::int32_t>(row.integer());
  run.available_at = row.time();
  run.created_at = row.time();
  run.updated_at = row.time();
  run.started_at = row.optional_time();
  run.finished_at = row.optional_time();
  run.parent_run_id = row.id_or_empty();
  run.retry_of = row.id_or_empty();
  run.idempotency_key = row.optional_text();
  run.body_digest = row.text();
  run.error_code = row.text();
  run.error_text = row.text();
  run.version = row.natural();
  run.last_seq = row.natural();
  run.owned = row.flag();
  return run;
}

std::vector<run_row> read_runs(sqlite_connection& in, const std::vector<std::int64_t>& keys) {
  std::vector<run_row> runs;
  runs.reserve(keys.size());
  for (const auto key : keys)
    if (auto run = read_run(in, key))
      runs.push_back(*std::move(run));
  return runs;
}

} // namespace sluice
