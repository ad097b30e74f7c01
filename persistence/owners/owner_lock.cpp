#include "persistence/owners/owner_lock.hpp"

#include "model/base/error.hpp"
#include "persistence/owners/host_clock.hpp"
#include "persistence/owners/process_identity.hpp"
#include "persistence/sqlite/store_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

struct flock lock_of(const lease_owner& owner) noexcept {
  constexpr auto place_mask = (std::uint64_t{1} << 62) - 1;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(owner.nonce & place_mask);
  lock.l_len = 1;
  return lock;
}

[[noreturn]] void fail(const char* doing, const std::filesystem::path& file, int why) {
  const bool forbidden = why == EACCES || why == EROFS || why == EPERM;
  throw error(forbidden ? "store_read_only" : "store_unavailable",
              fmt::format("cannot {} the file of owners {}: {}; look at its folder", doing, file.native(),
                          std::strerror(why)));
}

int open_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0)
    fail("open", file, errno);
  return descriptor;
}

/// Closes the file on any failure.
void lock_or_close(int descriptor, const lease_owner& owner, const std::filesystem::path& file) {
  auto lock = lock_of(owner);
  if (::fcntl(descriptor, F_OFD_SETLK, &lock) == 0)
    return;
  const int why = errno;
  ::close(descriptor);
  if (why == EAGAIN || why == EACCES)
    throw internal_error(fmt::format("two runtimes call themselves {}", to_string(owner)));
  fail("lock", file, why);
}

} // namespace

std::filesystem::path owners_file(const std::filesystem::path& database) {
  auto file = database;
  file += ".owners";
  return file;
}

owner_lock::owner_lock(std::filesystem::path file, lease_owner owner)
    : file_(std::move(file)), owner_(std::move(owner)), descriptor_(open_current()) {}

owner_lock::~owner_lock() {
  ::close(descriptor_);
}

int owner_lock::open_current() const {
  for (;;) {
    const int descriptor = open_file(file_);
    lock_or_close(descriptor, owner_, file_);
    if (identity_of(descriptor) == identity_of(file_))
      return descriptor;
    // It was deleted between: whoever opens it now looks for the lock in another file.
    ::close(descriptor);
  }
}

void owner_lock::keep() {
  const std::lock_guard guard(mutex_);
  keep_locked();
}

void owner_lock::keep_locked() {
  if (identity_of(descriptor_) == identity_of(file_))
    return;
  // The old one stays locked until the new one is: there may be somebody who still looks there.
  const int old = std::exchange(descriptor_, open_current());
  ::close(old);
}

bool owner_lock::is_locked(const lease_owner& other) const {
  auto lock = lock_of(other);
  if (::fcntl(descriptor_, F_OFD_GETLK, &lock) != 0)
    fail("look at", file_, errno);
  return lock.l_type != F_UNLCK;
}

bool owner_lock::is_dead(const lease_owner& other) {
  if (other == owner_)
    return false;
  if (other.boot_id != host_boot_id())
    return true;
  const std::lock_guard guard(mutex_);
  keep_locked();
  return !is_locked(other) && !process_lives(other);
}

} // namespace sluice
