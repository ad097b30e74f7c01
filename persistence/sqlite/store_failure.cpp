#include "persistence/sqlite/store_failure.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace sluice {

namespace {

bool is_about_room(int system_error) noexcept {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

/// A disk that the kernel has made read-only, or a file that nobody may write any more.
bool is_about_rights(int system_error) noexcept {
  return system_error == EROFS || system_error == EPERM || system_error == EACCES;
}

/// Returns the last error of the system in the log or in the database: SQLite's own memory of it is often
/// overwritten by the roll-back.
int last_system_error(sqlite3* database) noexcept {
  sqlite3_file* log = nullptr;
  int last = 0;
  if (sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
      log != nullptr && log->pMethods != nullptr)
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &last);
  if (last == 0)
    sqlite3_file_control(database, "main", SQLITE_FCNTL_LAST_ERRNO, &last);
  return last != 0 ? last : sqlite3_system_errno(database);
}

const char* remedy(const std::string& code) noexcept {
  if (code == "store_full")
    return "make room on its disk";
  if (code == "store_locked")
    return "end the program that keeps it locked";
  if (code == "store_corrupt")
    return "look at it with 'sluice db check' and bring back a backup";
  if (code == "store_read_only")
    return "let this user write the file and its folder";
  return "look at its folder and disk";
}

} // namespace

std::string store_failure_code(int result, int system_error) noexcept {
  switch (result & 0xff) {
  case SQLITE_FULL:
    return "store_full";
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_PROTOCOL:
    return "store_locked";
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return "store_corrupt";
  case SQLITE_READONLY:
    return result == SQLITE_READONLY_DBMOVED ? "store_unavailable" : "store_read_only";
  case SQLITE_PERM:
  case SQLITE_AUTH:
    return "store_read_only";
  case SQLITE_IOERR:
    return is_about_room(system_error)     ? "store_full"
           : is_about_rights(system_error) ? "store_read_only"
                                           : "store_unavailable";
  case SQLITE_CANTOPEN:
  case SQLITE_NOMEM:
    return is_about_room(system_error) ? "store_full" : "store_unavailable";
  default:
    return "internal";
  }
}

void throw_store_failure(sqlite3* database, int result, const std::filesystem::path& path,
                         const std::string& doing) {
  const int system_error = database != nullptr ? last_system_error(database) : errno;
  const auto code = store_failure_code(result, system_error);
  const char* const said = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result);
  auto text = fmt::format("could not {} in {}: {} (SQLite {})", doing, path.native(), said, result);
  if ((result & 0xff) == SQLITE_IOERR && system_error != 0)
    text += fmt::format(": {}", std::strerror(system_error));
  if (code == "internal")
    throw internal_error(text);
  throw error(code, fmt::format("{}; {}", text, remedy(code)));
}

} // namespace sluice
