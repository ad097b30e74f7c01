#include "nodes/io/line_writer.hpp"

#include "model/message/render.hpp"
#include "nodes/io/file_descriptor.hpp"

#include <climits>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice {

namespace {

/// Memory kept for the next messages after a flush; one huge message shall not hold its room for ever.
constexpr std::size_t kept_bytes = 4 * line_writer::capacity;

bool is_regular(int descriptor) {
  struct stat found {};
  return ::fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
}

bool is_nonblocking(int descriptor) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  return flags >= 0 && (flags & O_NONBLOCK) != 0;
}

} // namespace

void line_writer::attach(int descriptor) {
  descriptor_ = descriptor;
  regular_file_ = is_regular(descriptor);
  // stdout is shared with other processes and must stay blocking; a pipe that is writable takes PIPE_BUF at
  // once.
  const bool takes_all = regular_file_ || is_nonblocking(descriptor);
  largest_write_ = takes_all ? std::numeric_limits<std::size_t>::max() / 2 : PIPE_BUF;
}

void line_writer::append(const message& from) {
  const auto before = buffer_.size();
  try {
    if (format_ == line_format::text)
      append_text(buffer_, from);
    else
      append_json(buffer_, from);
    buffer_.push_back('\n');
    ends_.push_back(buffer_.size());
  } catch (...) {
    buffer_.resize(before);
    throw;
  }
}

line_writer::result line_writer::flush(int milliseconds) {
  auto outcome = result::written;
  while (outcome == result::written && !is_empty())
    outcome = write_some(milliseconds);
  forget_written();
  return outcome;
}

line_writer::result line_writer::write_some(int milliseconds) {
  if (!regular_file_ && !wait_for(descriptor_, readiness::writable, milliseconds))
    return result::waiting;
  const auto size = std::min(buffer_.size() - offset_, largest_write_);
  const auto count = ::write(descriptor_, buffer_.data() + offset_, size);
  if (count >= 0) {
    offset_ += static_cast<std::size_t>(count);
    return result::written;
  }
  if (errno == EINTR)
    return result::written;
  if (errno == EAGAIN)
    return result::waiting;
  error_number_ = errno;
  return errno == EPIPE ? result::closed : result::failed;
}

void line_writer::forget_written() {
  if (is_empty()) {
    (void)give_up();
    return;
  }
  const auto first = std::upper_bound(ends_.begin(), ends_.end(), offset_);
  ends_.erase(ends_.begin(), first);
  for (auto& end : ends_)
    end -= offset_;
  buffer_.erase(0, offset_);
  offset_ = 0;
}

std::size_t line_writer::give_up() noexcept {
  const auto count = ends_.size();
  buffer_.clear();
  ends_.clear();
  offset_ = 0;
  if (buffer_.capacity() > kept_bytes)
    buffer_ = {};
  return count;
}

} // namespace sluice
