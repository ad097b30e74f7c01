#pragma once

#include "tests/support/scratch_folder.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice {

/// A named pipe that a tree of processes holds: `exec 9>PATH`. Whatever is started inherits it, so its end is
/// the end of the last of them; nobody has to look for processes, or guess how long they take.
class life_line {
public:
  life_line() : path_(folder_.path() / "line") {
    if (::mkfifo(path_.c_str(), 0600) != 0)
      throw std::runtime_error("no fifo");
    reading_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  life_line(const life_line&) = delete;
  life_line& operator=(const life_line&) = delete;
  ~life_line() { ::close(reading_); }

  const std::string& path() const noexcept { return path_; }
  /// Returns `script` for a shell that holds the line as descriptor 9.
  std::string held_by(const std::string& script) const { return "exec 9>" + path() + "; " + script; }

  /// Waits until `text` came through; false if the line ended, or after a minute.
  bool await(const std::string& text) {
    while (seen_.find(text) == seen_.npos)
      if (!read_some())
        return false;
    return true;
  }
  /// Waits until nobody holds the line any more; false after a minute. Somebody must have held it.
  bool await_end() {
    while (read_some()) {
    }
    return ended_;
  }
  /// True when nobody holds the line now.
  bool is_over() {
    while (poll_for(0) && read_now()) {
    }
    return ended_;
  }
  const std::string& seen() const noexcept { return seen_; }

private:
  bool poll_for(int milliseconds) const {
    pollfd entry{reading_, POLLIN, 0};
    return ::poll(&entry, 1, milliseconds) > 0;
  }
  bool read_now() {
    char bytes[4096];
    const auto size = ::read(reading_, bytes, sizeof bytes);
    if (size > 0)
      seen_.append(bytes, static_cast<std::size_t>(size));
    ended_ = size == 0;
    return size > 0 || (size < 0 && errno == EAGAIN);
  }
  bool read_some() { return poll_for(60'000) && read_now(); }

  scratch_folder folder_;
  std::string path_;
  int reading_ = -1;
  std::string seen_;
  bool ended_ = false;
};

} // namespace sluice
