#include "persistence/sqlite/migrations/0002_runs_typed.hpp"

namespace sluice {

// Released: never edit this text, add a migration.
// Neither column ever changes, so the index costs one entry when a run is made, and nothing afterwards; a run
// without a job type does not even cost that.
const std::string_view migration_0002_runs_typed = R"sql(
CREATE INDEX runs_typed ON runs (job_type, id) WHERE job_type <> '';
)sql";

} // namespace sluice
