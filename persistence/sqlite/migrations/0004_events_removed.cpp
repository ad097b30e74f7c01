#include "persistence/sqlite/migrations/0004_events_removed.hpp"

namespace sluice {

// Released: never edit this text, add a migration. docs/schema.md says what each column means.
// One row. Of what was removed before this was noted, no more is known than where the events begin now.
const std::string_view migration_0004_events_removed = R"sql(
CREATE TABLE run_events_removed (
  row_key INTEGER PRIMARY KEY CHECK (row_key = 1),
  last_id INTEGER NOT NULL
) STRICT;

INSERT INTO run_events_removed (row_key, last_id)
  SELECT 1, coalesce((SELECT min(id) - 1 FROM run_events),
                     (SELECT seq FROM sqlite_sequence WHERE name = 'run_events'), 0);
)sql";

} // namespace sluice
