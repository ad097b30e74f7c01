#pragma once

#include "model/run/lease.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace sluice {

/// Returns the bytes that this user may still write on the file system of `folder`. Throws
/// `error("store_unavailable")`.
std::uint64_t free_room(const std::filesystem::path& folder);

/// When a database is not vacuumed.
struct vacuum_limits {
  /// As much may be copied while runs are worked on: within a few seconds, and leases last longer.
  std::uint64_t bytes_beside_leases = std::uint64_t{256} << 20;
  /// However much it is: leases may be lost meanwhile.
  bool force = false;
  std::function<std::uint64_t(const std::filesystem::path& folder)> room = free_room;
};

/// What a vacuum has come to: sizes of the database and its log together, as they are on disk.
struct vacuum_report {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  /// Of `after`, the log: not empty when somebody reads just then. A later vacuum gives its room back.
  std::uint64_t log = 0;
};

/// Returns the bytes that have to be free beside a database to vacuum it when `content` of its bytes are in
/// use: these are copied to a temporary file, and from there to the log.
std::uint64_t room_for_vacuum(std::uint64_t content) noexcept;

/// Gives room that is no longer used back to the file system. Holds the writers' turn all the time: others
/// wait, and fail with `store_locked` after their own limit. Temporary files are beside the database, as
/// SQLite is told for the whole process: no two at a time in one process. Throws what opening an
/// `sqlite_store` does, and, before anything is copied, `error("vacuum_needs_room")`, and
/// `error("leases_held")` when there are leases that live at `now` and more to copy than the limit.
vacuum_report vacuum_database(const std::filesystem::path& path, const boot_instant& now,
                              const vacuum_limits& limits = {});

} // namespace sluice
