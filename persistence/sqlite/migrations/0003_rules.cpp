#include "persistence/sqlite/migrations/0003_rules.hpp"

namespace sluice {

// Released: never edit this text, add a migration. docs/schema.md says what each column means.
// `rule_state` does not refer to `rules`: a state may be there before its rule, and stays when it goes.
// AUTOINCREMENT: who follows the changes goes by their ids, so none may be given twice.
const std::string_view migration_0003_rules = R"sql(
CREATE TABLE rules (
  rule_id      TEXT NOT NULL PRIMARY KEY,
  rule_version INTEGER NOT NULL,
  definition   TEXT NOT NULL,
  source       TEXT NOT NULL,
  created_at   TEXT NOT NULL,
  updated_at   TEXT NOT NULL
) STRICT;

CREATE TABLE rule_state (
  rule_id        TEXT NOT NULL PRIMARY KEY,
  mode           TEXT NOT NULL CHECK (mode = 'disabled' OR mode = 'clipped'),
  confidence_max REAL NOT NULL CHECK (mode = 'disabled' OR (confidence_max >= 0 AND confidence_max <= 1)),
  reason         TEXT NOT NULL,
  set_by         TEXT NOT NULL,
  set_at         TEXT NOT NULL,
  expires_at     TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX rule_state_expiring ON rule_state (expires_at, rule_id) WHERE expires_at IS NOT NULL;

CREATE TABLE rule_changes (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  at             TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind = 'defined' OR kind = 'removed' OR kind = 'state'
                   OR kind = 'expired'),
  rule_id        TEXT NOT NULL,
  actor          TEXT NOT NULL,
  definition     TEXT,
  mode           TEXT CHECK (mode = 'enabled' OR mode = 'disabled' OR mode = 'clipped'),
  confidence_max REAL,
  reason         TEXT,
  set_by         TEXT,
  set_at         TEXT,
  expires_at     TEXT,
  CHECK ((definition IS NOT NULL) = (kind = 'defined')),
  CHECK ((mode IS NOT NULL) = (kind = 'state' OR kind = 'expired'))
) STRICT;
)sql";

} // namespace sluice
