#include "persistence/sqlite/part_file.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/store_failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

constexpr std::string_view part_suffix = ".part";

[[noreturn]] void throw_part_failure(int system_error, const char* doing, const std::filesystem::path& to) {
  throw error(store_failure_code(SQLITE_IOERR, system_error),
              fmt::format("could not {} {}: {}; look at its folder and disk", doing, to.native(),
                          std::strerror(system_error)));
}

/// Returns 0 or an errno: EEXIST when there is such a file. Replaces nothing.
int rename_to_free_name(const char* from, const char* to) noexcept {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  // Not every file system knows that flag, and not every kernel the call.
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  if (::link(from, to) != 0)
    return errno;
  ::unlink(from);
  return 0;
}

/// A rename is on disk when the folder is.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  ::fsync(descriptor);
  ::close(descriptor);
}

} // namespace

part_file::part_file(std::filesystem::path to) : to_(std::move(to)) {
  auto name = to_.native() + ".XXXXXX" + std::string(part_suffix);
  const int made = ::mkostemps(name.data(), static_cast<int>(part_suffix.size()), O_CLOEXEC);
  if (made < 0)
    throw_part_failure(errno, "make a file beside", to_);
  ::close(made);
  path_ = std::move(name);
}

part_file::~part_file() {
  std::error_code ignored;
  if (!path_.empty())
    std::filesystem::remove(path_, ignored);
}

bool part_file::put_in_place() {
  const int failed = rename_to_free_name(path_.c_str(), to_.c_str());
  if (failed == EEXIST)
    return false;
  if (failed != 0)
    throw_part_failure(failed, "give its name to", to_);
  path_.clear();
  sync_folder(to_.parent_path());
  return true;
}

} // namespace sluice
