#pragma once

#include "model/base/utc_time.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sluice {

/// What `sluice db` does to a database file; other processes may go on using it meanwhile. All throw what
/// opening an `sqlite_store` does.

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

/// Copies the database as it is at one moment to `to`, which appears when it is whole and on disk. Throws
/// `error("backup_exists")` when there is a file at `to` already.
void back_up_database(const std::filesystem::path& path, const std::filesystem::path& to);

/// Gives room that is no longer used back to the file system. Writers wait meanwhile. Returns the bytes that
/// were given back.
std::int64_t vacuum_database(const std::filesystem::path& path);

} // namespace sluice
