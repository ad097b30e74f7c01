#include "nodes/io/file_descriptor.hpp"

#include "model/base/error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace sluice {

namespace {

/// Where the program was started without stdin, stdout or stderr, a new descriptor could take their place,
/// and a child would mix them up.
file_descriptor above_standard(int number) {
  file_descriptor original(number);
  if (number > STDERR_FILENO)
    return original;
  file_descriptor moved(::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!moved.is_open())
    throw error("no_descriptors", "cannot move a pipe to a free descriptor: " + system_text(errno));
  return moved;
}

} // namespace

int file_descriptor::close() noexcept {
  if (!is_open())
    return 0;
  // Linux releases the number even when close fails with EINTR, so it is never tried twice.
  const int failed = ::close(std::exchange(number_, none));
  return failed == 0 || errno == EINTR ? 0 : errno;
}

pipe_ends make_pipe() {
  int numbers[2] = {file_descriptor::none, file_descriptor::none};
  if (::pipe2(numbers, O_CLOEXEC) != 0)
    throw error("no_descriptors",
                "cannot make a pipe: " + system_text(errno) + "; raise the limit of open files (ulimit -n)");
  pipe_ends ends;
  ends.writing = file_descriptor(numbers[1]);
  ends.reading = above_standard(numbers[0]);
  ends.writing = above_standard(ends.writing.release());
  return ends;
}

void set_nonblocking(int descriptor) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0)
    throw internal_error("cannot make a pipe non-blocking: " + system_text(errno));
}

std::string system_text(int number) {
  return std::generic_category().message(number);
}

bool wait_for(int descriptor, readiness what, int milliseconds) {
  pollfd entry{descriptor, static_cast<short>(what == readiness::readable ? POLLIN : POLLOUT), 0};
  int ready = 0;
  do
    ready = ::poll(&entry, 1, milliseconds);
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

} // namespace sluice
