#include "persistence/sqlite/writer_lock.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int writer_byte = 0;
constexpr int line_end = 8;

struct flock lock_of(int byte, int count, short type) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = count;
  return lock;
}

/// The kernel tells nobody that a lock became free unless they block for it, and a blocked wait has no end.
void let_pass(microseconds time) noexcept {
  const timespec wait{0, static_cast<long>(time.count()) * 1000};
  ::ppoll(nullptr, 0, &wait, nullptr);
}

} // namespace

writer_lock::writer_lock(std::filesystem::path path, std::chrono::milliseconds patience)
    : path_(std::move(path)), patience_(patience) {
  open();
}

writer_lock::~writer_lock() {
  close();
}

void writer_lock::open() {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ >= 0)
    return;
  const int why = errno;
  const bool forbidden = why == EACCES || why == EROFS || why == EPERM;
  throw error(forbidden ? "store_read_only" : "store_unavailable",
              fmt::format("cannot open the lock file {}: {}; look at its folder", path_.native(),
                          std::strerror(why)));
}

void writer_lock::close() noexcept {
  if (descriptor_ >= 0)
    ::close(descriptor_);
  descriptor_ = -1;
  held_ = false;
}

bool writer_lock::try_byte(int byte) noexcept {
  auto lock = lock_of(byte, 1, F_WRLCK);
  return ::fcntl(descriptor_, F_OFD_SETLK, &lock) == 0;
}

void writer_lock::release_byte(int byte) noexcept {
  auto lock = lock_of(byte, 1, F_UNLCK);
  ::fcntl(descriptor_, F_OFD_SETLK, &lock);
}

bool writer_lock::somebody_waits() const noexcept {
  auto lock = lock_of(1, line_end, F_WRLCK);
  return ::fcntl(descriptor_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool writer_lock::is_current() const noexcept {
  const auto there = identity_of(path_);
  return there && there == identity_of(descriptor_);
}

void writer_lock::acquire(std::chrono::milliseconds longest) {
  const auto end = steady_clock::now() + longest;
  for (;;) {
    if (descriptor_ < 0)
      open();
    if (somebody_waits() || !try_byte(writer_byte))
      wait_in_line(end);
    if (is_current())
      break;
    // Whoever opens the lock now locks another file.
    close();
  }
  held_ = true;
}

void writer_lock::wait_in_line(steady_clock::time_point end) {
  int place = line_end + 1;
  auto moved = steady_clock::now();
  for (;;) {
    const auto now = steady_clock::now();
    if (try_byte(place - 1)) {
      if (place <= line_end)
        release_byte(place);
      if (--place == writer_byte)
        return;
      moved = now;
      continue;
    }
    const bool stands_still = now - moved > patience_;
    if (stands_still && place > 1 && try_byte(writer_byte))
      break;
    if (now >= end) {
      if (place <= line_end)
        release_byte(place);
      throw error("store_locked", fmt::format("others have been writing {} all the time; end the program "
                                              "that holds the lock, or try again",
                                              path_.native()));
    }
    // Those further back look less often.
    let_pass(microseconds{50} * place);
  }
  if (place <= line_end)
    release_byte(place);
}

void writer_lock::release() noexcept {
  if (held_)
    release_byte(writer_byte);
  held_ = false;
}

} // namespace sluice
