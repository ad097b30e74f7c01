#include "persistence/sqlite/database_backup.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/part_file.hpp"
#include "persistence/sqlite/sqlite_connection.hpp"
#include "persistence/sqlite/store_failure.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <system_error>

namespace sluice {

namespace {

[[noreturn]] void throw_backup_exists(const std::filesystem::path& to) {
  throw error("backup_exists", fmt::format("there is a file {} already; name another", to.native()));
}

/// Returns SQLITE_DONE when all was copied. At once: in steps, it would begin anew whenever somebody writes.
/// Readers are in nobody's way.
int copy_pages(sqlite3* from, sqlite3* to) noexcept {
  sqlite3_backup* const copying = sqlite3_backup_init(to, "main", from, "main");
  if (copying == nullptr)
    return sqlite3_extended_errcode(to);
  const int result = sqlite3_backup_step(copying, -1);
  sqlite3_backup_finish(copying);
  return result;
}

} // namespace

void copy_database(sqlite_connection& from, const std::filesystem::path& to, std::chrono::milliseconds wait) {
  const auto doing = fmt::format("copy {}", from.options().path.native());
  try {
    SQLite::Database copy(to.native(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                          static_cast<int>(wait.count()));
    // Also when it was not begun, because somebody has a lock.
    if (const int result = copy_pages(from.handle(), copy.getHandle()); result != SQLITE_DONE)
      throw_store_failure(copy.getHandle(), result, to, doing);
  } catch (const SQLite::Exception& trouble) {
    throw_store_failure(nullptr, trouble.getExtendedErrorCode(), to, doing);
  }
}

void back_up_database(const std::filesystem::path& path, const std::filesystem::path& to) {
  std::error_code ignored;
  if (std::filesystem::exists(to, ignored))
    throw_backup_exists(to);
  sqlite_connection from(sqlite_options{path, sqlite_access::read});
  require_schema(from, all_migrations());
  part_file part(to);
  copy_database(from, part.path(), from.options().lock_wait);
  std::filesystem::permissions(part.path(), std::filesystem::status(path, ignored).permissions(), ignored);
  if (!part.put_in_place())
    throw_backup_exists(to);
}

} // namespace sluice
