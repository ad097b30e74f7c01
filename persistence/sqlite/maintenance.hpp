#pragma once

#include "model/base/utc_time.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace sluice {

/// What `sluice db` does to a database file, with database_backup.hpp and database_vacuum.hpp; other
/// processes may go on using it meanwhile. All throw what opening an `sqlite_store` does.

/// What became of a schema.
struct schema_change {
  int before = 0;
  int after = 0;
};
/// Brings the schema up to date, as of `now`; makes the file when it is not there.
schema_change migrate_database(const std::filesystem::path& path, utc_time now);

/// Returns what is wrong with the file, a sentence each: damage that SQLite finds, references that lead
/// nowhere, and rows that contradict each other (events with gaps, ownership without lease). Empty: nothing.
/// Reads all of it.
std::vector<std::string> check_database(const std::filesystem::path& path);

} // namespace sluice
