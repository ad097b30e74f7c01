#include "steps/exec/attempt_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace sluice {

std::uint64_t attempt_lock_byte(std::string_view run, std::string_view step) noexcept {
  // FNV-1a; ids of runs are random enough. All versions of Sluice on one file must agree on it.
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](char byte) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3;
  };
  for (const char byte : run)
    add(byte);
  add('/');
  for (const char byte : step)
    add(byte);
  return hash & 0x3fff'ffff'ffff'ffff; // offsets are positive, and so is one beyond
}

bool attempt_lock::is_current() const noexcept {
  struct stat there {};
  struct stat here {};
  return ::stat(path_.c_str(), &there) == 0 && ::fstat(file_.get(), &here) == 0 &&
         there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

int attempt_lock::try_acquire() noexcept {
  if (!file_.is_open())
    file_ = owned_descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file_.is_open())
    return errno;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte_);
  lock.l_len = 1;
  if (::fcntl(file_.get(), F_OFD_SETLK, &lock) != 0)
    return errno == EACCES ? EAGAIN : errno;
  if (is_current())
    return 0;
  // Whoever opens the path now locks another file.
  file_.close();
  return EAGAIN;
}

} // namespace sluice
