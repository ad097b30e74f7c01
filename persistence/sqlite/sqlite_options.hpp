#pragma once

#include "model/run/run_defaults.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace sluice {

/// What a connection may do.
enum class sqlite_access : std::uint8_t {
  /// Everything. Transactions take the file's writer lock; a file that is not there is made.
  write,
  /// Look: transactions see one moment of the file and hold nobody up.
  read,
};

/// How to open a database file.
struct sqlite_options {
  /// The database; `-wal`, `-shm` and `.lock` stand beside it.
  std::filesystem::path path;
  sqlite_access access = sqlite_access::write;
  /// Longest wait for other writers before a transaction begins; then `store_locked`. A program that locks
  /// the file without waiting for its turn may be waited for once more.
  std::chrono::milliseconds lock_wait = defaults::store_lock_wait;
  /// Pages kept in memory, in KiB.
  std::uint32_t cache_kib = 32 * 1024;
  /// Length of the write-ahead log, in pages of 4 KiB, at which the commit that reached it moves it into the
  /// database itself. Keeps opening a file fast: a long log is read when a file is first opened.
  std::uint32_t log_limit_pages = 4'096;
  /// Largest size of the database, in pages of 4 KiB; none: as the disk has room. Beyond it: `store_full`.
  std::optional<std::uint32_t> page_limit = {};
};

} // namespace sluice
