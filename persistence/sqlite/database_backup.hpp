#pragma once

#include <chrono>
#include <filesystem>

namespace sluice {

class sqlite_connection;

/// Copies the database as it is at one moment to `to`, which appears when it is whole and on disk, with the
/// permissions of the database; other processes may go on using it meanwhile. Throws what opening an
/// `sqlite_store` does, what `copy_database` does, and `error("backup_exists")` when there is a file at `to`,
/// also one that has appeared meanwhile: of several who copy to one place at once, one succeeds.
void back_up_database(const std::filesystem::path& path, const std::filesystem::path& to);

/// Replaces what is in the file `to` by the pages of a database, as they are at one moment. Throws
/// `error("store_locked")` when others keep either of them locked for longer than `wait` (and the
/// connection's own), and what `throw_store_failure` says; then `to` is no database.
void copy_database(sqlite_connection& from, const std::filesystem::path& to, std::chrono::milliseconds wait);

} // namespace sluice
