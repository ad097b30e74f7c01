// Stands between a program and libc (LD_PRELOAD): makes its disk full or slow, and its wall clock wrong, when
// it is told to. See orders.hpp.

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "soak/shim/orders.hpp"

namespace sluice {

namespace {

constexpr std::int64_t nanoseconds = 1'000'000'000;
constexpr std::int64_t microseconds = 1'000'000;

/// Returns libc's function of that name.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// Returns the mapped file; nothing was ordered when there is none.
const trouble_orders* map_orders() {
  static const trouble_orders none{};
  const char* const file = std::getenv("TROUBLE_CONTROL");
  const int descriptor = file == nullptr ? -1 : ::open(file, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return &none;
  void* const mapped = ::mmap(nullptr, sizeof(trouble_orders), PROT_READ, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  return mapped == MAP_FAILED ? &none : static_cast<const trouble_orders*>(mapped);
}

std::int64_t ordered(std::int64_t trouble_orders::*what) {
  static const trouble_orders* const orders = map_orders();
  return __atomic_load_n(&(orders->*what), __ATOMIC_RELAXED);
}

/// Whether a descriptor is of a file below the folder that is troubled.
bool is_troubled(int descriptor) {
  static const char* const folder = std::getenv("TROUBLE_FOLDER");
  if (folder == nullptr)
    return false;
  std::array<char, 4096> path{};
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  if (::readlink(link.c_str(), path.data(), path.size() - 1) < 0)
    return false;
  const auto length = std::strlen(folder);
  return std::strncmp(path.data(), folder, length) == 0 && path[length] == '/';
}

void take_longer(int descriptor, std::int64_t trouble_orders::*by) {
  const auto delay = ordered(by);
  if (delay <= 0 || !is_troubled(descriptor))
    return;
  const timespec time{delay / microseconds, delay % microseconds * 1000};
  // What is played here is a disk that takes its time.
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
}

/// Whether there is no room for a file that is to reach as far as `end`.
bool has_no_room(int descriptor, off_t end) {
  if (ordered(&trouble_orders::disk_full) == 0 || !is_troubled(descriptor))
    return false;
  struct stat seen {};
  return ::fstat(descriptor, &seen) == 0 && S_ISREG(seen.st_mode) && end > seen.st_size;
}

/// Where the next write without a place of its own ends.
off_t end_of_write(int descriptor, std::size_t size) {
  const bool appends = (::fcntl(descriptor, F_GETFL) & O_APPEND) != 0;
  return ::lseek(descriptor, 0, appends ? SEEK_END : SEEK_CUR) + static_cast<off_t>(size);
}

/// Prepares a write that would end at `end()`; returns whether it may be made.
template <class End>
bool may_write(int descriptor, End end) {
  if (ordered(&trouble_orders::disk_full) != 0 && has_no_room(descriptor, end())) {
    errno = ENOSPC;
    return false;
  }
  take_longer(descriptor, &trouble_orders::write_delay);
  return true;
}

bool is_wall_clock(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

void set_ahead(timespec& time) {
  const auto sum = time.tv_nsec + ordered(&trouble_orders::clock_ahead);
  auto seconds = sum / nanoseconds;
  auto rest = sum % nanoseconds;
  if (rest < 0) {
    rest += nanoseconds;
    --seconds;
  }
  time.tv_sec += seconds;
  time.tv_nsec = rest;
}

} // namespace

} // namespace sluice

using namespace sluice;

extern "C" {

ssize_t write(int descriptor, const void* data, size_t size) {
  static auto* const next = real<decltype(write)>("write");
  return may_write(descriptor, [=] { return end_of_write(descriptor, size); }) ? next(descriptor, data, size)
                                                                               : -1;
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  static auto* const next = real<decltype(writev)>("writev");
  std::size_t size = 0;
  for (int i = 0; i < count; ++i)
    size += parts[i].iov_len;
  return may_write(descriptor, [=] { return end_of_write(descriptor, size); })
             ? next(descriptor, parts, count)
             : -1;
}

ssize_t pwrite(int descriptor, const void* data, size_t size, off_t place) {
  static auto* const next = real<decltype(pwrite)>("pwrite");
  return may_write(descriptor, [=] { return place + static_cast<off_t>(size); })
             ? next(descriptor, data, size, place)
             : -1;
}

ssize_t pwrite64(int descriptor, const void* data, size_t size, off64_t place) {
  static auto* const next = real<decltype(pwrite64)>("pwrite64");
  return may_write(descriptor, [=] { return place + static_cast<off64_t>(size); })
             ? next(descriptor, data, size, place)
             : -1;
}

int posix_fallocate(int descriptor, off_t place, off_t size) {
  static auto* const next = real<decltype(posix_fallocate)>("posix_fallocate");
  return has_no_room(descriptor, place + size) ? ENOSPC : next(descriptor, place, size);
}

int posix_fallocate64(int descriptor, off64_t place, off64_t size) {
  static auto* const next = real<decltype(posix_fallocate64)>("posix_fallocate64");
  return has_no_room(descriptor, place + size) ? ENOSPC : next(descriptor, place, size);
}

int fsync(int descriptor) {
  static auto* const next = real<decltype(fsync)>("fsync");
  take_longer(descriptor, &trouble_orders::sync_delay);
  return next(descriptor);
}

int fdatasync(int descriptor) {
  static auto* const next = real<decltype(fdatasync)>("fdatasync");
  take_longer(descriptor, &trouble_orders::sync_delay);
  return next(descriptor);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const next = real<int(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, time);
  if (result == 0 && is_wall_clock(clock))
    set_ahead(*time);
  return result;
}

int gettimeofday(timeval* __restrict time, void* __restrict) noexcept {
  timespec now{};
  if (clock_gettime(CLOCK_REALTIME, &now) != 0)
    return -1;
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* result) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != nullptr)
    *result = now.tv_sec;
  return now.tv_sec;
}
}
