#include "persistence/sqlite/migrations/0001_runs.hpp"

namespace sluice {

// Released: never edit this text, add a migration. docs/schema.md says what each column means.
// No IN with more than two values: SQLite builds a table for it in every statement, which costs more than the
// rest. Child tables refer to `run_key` instead of `id`: an integer is a third of the size and needs no
// second index.
const std::string_view migration_0001_runs = R"sql(
CREATE TABLE schema_migrations (
  version    INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  checksum   TEXT NOT NULL,
  applied_at TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  run_key         INTEGER PRIMARY KEY AUTOINCREMENT,
  id              TEXT NOT NULL UNIQUE,
  env             TEXT NOT NULL,
  lane            TEXT NOT NULL,
  mode            TEXT NOT NULL,
  job_type        TEXT NOT NULL,
  requested_by    TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status = 'queued' OR status = 'preparing' OR status = 'running'
                    OR status = 'pausing' OR status = 'paused' OR status = 'blocked'
                    OR status = 'intervening' OR status = 'cancelling' OR status = 'succeeded'
                    OR status = 'failed' OR status = 'cancelled'),
  priority        INTEGER NOT NULL,
  available_at    TEXT NOT NULL,
  created_at      TEXT NOT NULL,
  updated_at      TEXT NOT NULL,
  started_at      TEXT,
  finished_at     TEXT,
  parent_run_id   TEXT,
  retry_of        TEXT,
  idempotency_key TEXT,
  body_digest     TEXT NOT NULL,
  error_code      TEXT NOT NULL,
  error_text      TEXT NOT NULL,
  version         INTEGER NOT NULL,
  last_seq        INTEGER NOT NULL,
  owned           INTEGER NOT NULL CHECK (owned = 0 OR owned = 1)
) STRICT;

CREATE INDEX runs_advance ON runs (env, lane, priority DESC, available_at, id)
  WHERE owned = 0 AND (status = 'queued' OR status = 'preparing' OR status = 'running');
CREATE INDEX runs_settle ON runs (env, lane, priority DESC, available_at, id)
  WHERE owned = 0 AND (status = 'pausing' OR status = 'cancelling');
CREATE INDEX runs_owned ON runs (env, lane) WHERE owned = 1;
CREATE INDEX runs_listed ON runs (env, lane, status, id);
CREATE INDEX runs_parent ON runs (parent_run_id, id) WHERE parent_run_id IS NOT NULL;
CREATE UNIQUE INDEX runs_idempotency ON runs (env, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE run_state (
  run_key   INTEGER PRIMARY KEY REFERENCES runs,
  run_graph TEXT NOT NULL,
  params    TEXT NOT NULL
) STRICT;

CREATE TABLE run_steps (
  run_key     INTEGER NOT NULL REFERENCES runs,
  step        TEXT NOT NULL,
  status      TEXT NOT NULL CHECK (status = 'pending' OR status = 'running' OR status = 'succeeded'
                    OR status = 'failed' OR status = 'cancelled'),
  attempts    INTEGER NOT NULL,
  failures    INTEGER NOT NULL,
  lost_in_row INTEGER NOT NULL,
  not_before  TEXT,
  started_at  TEXT,
  finished_at TEXT,
  result      TEXT,
  error_code  TEXT NOT NULL,
  error_text  TEXT NOT NULL,
  PRIMARY KEY (run_key, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_events (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  run_key INTEGER NOT NULL REFERENCES runs,
  seq     INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  at      TEXT NOT NULL,
  payload TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX run_events_of_run ON run_events (run_key, seq);

CREATE TABLE run_commands (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  run_key      INTEGER NOT NULL REFERENCES runs,
  command      TEXT NOT NULL CHECK (command = 'pause' OR command = 'resume' OR command = 'cancel'
                    OR command = 'intervene' OR command = 'fail'),
  requested_by TEXT NOT NULL,
  reason       TEXT NOT NULL,
  at           TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state = 'undelivered' OR state = 'delivered' OR state = 'replaced')
) STRICT;

CREATE INDEX run_commands_of_run ON run_commands (run_key, id);
CREATE UNIQUE INDEX run_commands_undelivered ON run_commands (run_key) WHERE state = 'undelivered';

CREATE TABLE leases (
  run_key         INTEGER PRIMARY KEY REFERENCES runs,
  token           INTEGER NOT NULL,
  owner           TEXT,
  expires_boot_id TEXT NOT NULL,
  expires_ns      INTEGER NOT NULL
) STRICT;

CREATE INDEX leases_held ON leases (run_key) WHERE owner IS NOT NULL;

CREATE TABLE lanes (
  env             TEXT NOT NULL,
  lane            TEXT NOT NULL,
  enabled         INTEGER NOT NULL CHECK (enabled = 0 OR enabled = 1),
  reason          TEXT NOT NULL,
  ticks_per_day   INTEGER,
  concurrent_runs INTEGER,
  usage_day       TEXT NOT NULL,
  usage_ticks     INTEGER NOT NULL,
  PRIMARY KEY (env, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      TEXT NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL
) STRICT;
)sql";

} // namespace sluice
