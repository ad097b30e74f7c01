#include "persistence/sqlite/database_vacuum.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/sqlite/store_failure.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <sys/statvfs.h>
#include <system_error>

namespace sluice {

namespace {

/// For who reads when all is done, before the log is left as it is: writers wait, too.
constexpr int wait_for_readers_ms = 1'000;

std::filesystem::path folder_of(const std::filesystem::path& database) {
  return database.has_parent_path() ? database.parent_path() : std::filesystem::path(".");
}

std::uint64_t bytes_of_file(const std::filesystem::path& path) {
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  return none ? 0 : size;
}

std::uint64_t bytes_of_log(const std::filesystem::path& database) {
  auto log = database;
  log += "-wal";
  return bytes_of_file(log);
}

std::uint64_t count_live_leases(sqlite_connection& in, const boot_instant& now) {
  try {
    SQLite::Statement live(in.database(), "SELECT count(*) FROM leases WHERE owner IS NOT NULL "
                                          "AND expires_boot_id = ? AND expires_ns > ?");
    live.bind(1, now.boot_id);
    live.bind(2, std::int64_t{now.since_boot.count()});
    return live.executeStep() ? static_cast<std::uint64_t>(live.getColumn(0).getInt64()) : 0;
  } catch (const SQLite::Exception& trouble) {
    throw_store_failure(in.handle(), trouble.getExtendedErrorCode(), in.options().path, "read the leases");
  }
}

/// Bytes that are in use: what a vacuum copies.
std::uint64_t bytes_in_use(sqlite_connection& in) {
  return static_cast<std::uint64_t>((in.number("PRAGMA page_count") - in.number("PRAGMA freelist_count")) *
                                    in.number("PRAGMA page_size"));
}

void require_no_leases(sqlite_connection& in, std::uint64_t content, const boot_instant& now,
                       const vacuum_limits& limits) {
  if (limits.force || content <= limits.bytes_beside_leases)
    return;
  if (const auto held = count_live_leases(in, now); held != 0)
    throw error("leases_held",
                fmt::format("{} runs of {} are worked on, and their workers may lose them while {} bytes are "
                            "copied; stop the workers first, or say --force",
                            held, in.options().path.native(), content));
}

void require_room(const std::filesystem::path& database, std::uint64_t content, const vacuum_limits& limits) {
  const auto folder = folder_of(database);
  const auto needed = room_for_vacuum(content);
  if (const auto there = limits.room(folder); there < needed)
    throw error("vacuum_needs_room",
                fmt::format("a vacuum of {} needs {} bytes free in {}, and {} are; make room there first",
                            database.native(), needed, folder.native(), there));
}

std::string as_sql_text(const std::string& plain) {
  std::string quoted = "'";
  for (const char each : plain)
    quoted += each == '\'' ? std::string("''") : std::string(1, each);
  return quoted + "'";
}

/// SQLite's temporary files are in one folder, not in memory, as long as this lives. The folder is one for
/// the process.
class temporary_files {
public:
  temporary_files(sqlite_connection& in, const std::filesystem::path& folder) : in_(&in) {
    in_->execute("PRAGMA temp_store = FILE; PRAGMA temp_store_directory = " +
                     as_sql_text(std::filesystem::absolute(folder).native()),
                 "choose a folder for temporary files");
  }
  temporary_files(const temporary_files&) = delete;
  temporary_files& operator=(const temporary_files&) = delete;
  ~temporary_files() { in_->database().tryExec("PRAGMA temp_store_directory = ''"); }

private:
  sqlite_connection* in_;
};

void rewrite(sqlite_connection& in) {
  const temporary_files beside(in, folder_of(in.options().path));
  try {
    in.execute("VACUUM", "vacuum");
  } catch (const error&) {
    // What it has written to the log by then is worth nothing, and may fill the disk.
    try {
      in.checkpoint(true);
    } catch (const error&) {
      // The first error says more.
    }
    throw;
  }
}

} // namespace

std::uint64_t free_room(const std::filesystem::path& folder) {
  struct statvfs system {};
  if (::statvfs(folder.c_str(), &system) != 0)
    throw error("store_unavailable", fmt::format("the room in {} cannot be told: {}; look at its disk",
                                                 folder.native(), std::strerror(errno)));
  return std::uint64_t{system.f_bavail} * system.f_frsize;
}

std::uint64_t room_for_vacuum(std::uint64_t content) noexcept {
  // Twice, with a header for each page in the log, and a little for the rest.
  return 2 * content + content / 64 + (std::uint64_t{1} << 20);
}

vacuum_report vacuum_database(const std::filesystem::path& path, const boot_instant& now,
                              const vacuum_limits& limits) {
  sqlite_connection in(sqlite_options{path});
  require_schema(in, all_migrations());
  const sqlite_connection::turn mine(in);
  const auto content = bytes_in_use(in);
  require_no_leases(in, content, now, limits);
  vacuum_report report;
  report.before = bytes_of_file(path) + bytes_of_log(path);
  // So that the log begins anew instead of growing by the whole database.
  in.checkpoint(false);
  require_room(path, content, limits);
  rewrite(in);
  in.database().setBusyTimeout(wait_for_readers_ms);
  in.checkpoint(true);
  report.log = bytes_of_log(path);
  report.after = bytes_of_file(path) + report.log;
  return report;
}

} // namespace sluice
