#include "nodes/io/watched_file.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice {

bool watched_file::open() {
  // Non-blocking matters for a named pipe only: opening it would wait for a writer.
  file_descriptor opened(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!opened.is_open() && errno == ENOENT)
    return false;
  struct stat found {};
  if (!opened.is_open() || ::fstat(opened.get(), &found) != 0)
    throw error("cannot_open", fmt::format("cannot open '{}' for reading: {}", path_, system_text(errno)));
  if (S_ISDIR(found.st_mode))
    throw error("cannot_open",
                fmt::format("cannot read '{}': it is a directory; give the path of a file", path_));
  file_ = std::move(opened);
  regular_ = S_ISREG(found.st_mode);
  device_ = found.st_dev;
  inode_ = found.st_ino;
  return true;
}

watched_file::change watched_file::look() const {
  if (!regular_)
    return change::none;
  struct stat named {};
  if (::stat(path_.c_str(), &named) != 0)
    return change::missing;
  if (named.st_dev != device_ || named.st_ino != inode_)
    return change::replaced;
  return named.st_size < ::lseek(file_.get(), 0, SEEK_CUR) ? change::truncated : change::none;
}

void watched_file::to_start() const {
  (void)::lseek(file_.get(), 0, SEEK_SET);
}

void watched_file::to_end() const {
  (void)::lseek(file_.get(), 0, SEEK_END);
}

} // namespace sluice
