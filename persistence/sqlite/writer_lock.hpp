#pragma once

#include "persistence/sqlite/store_file.hpp"

#include <chrono>
#include <filesystem>

namespace sluice {

/// One writer at a time on one database, in turn, over all processes of a host. SQLite's own waiting lets one
/// process starve the others for seconds; this is a line.
///
/// Byte 0 of the lock file is held by the writer, bytes 1 to 8 by those who wait, 1 being next. Who comes
/// takes byte 8 and moves up as bytes become free, so nobody is overtaken but when more than eight wait, or
/// when somebody in the line stands still (a stopped process): then the others try byte 0 themselves.
/// The locks are those of an open file description (fcntl(2), F_OFD_SETLK): they go with the process,
/// whatever kills it. A deleted lock file is noticed and made anew.
class writer_lock {
public:
  /// A line that has not moved for so long has a process in it that stands still.
  static constexpr std::chrono::milliseconds usual_patience{20};

  /// Opens or makes the lock file. Throws `error("store_read_only")` or `error("store_unavailable")`.
  explicit writer_lock(std::filesystem::path path, std::chrono::milliseconds patience = usual_patience);
  writer_lock(const writer_lock&) = delete;
  writer_lock& operator=(const writer_lock&) = delete;
  ~writer_lock();

  /// Waits for its turn. Throws `error("store_locked")` after `longest`.
  void acquire(std::chrono::milliseconds longest);
  void release() noexcept;
  bool is_held() const noexcept { return held_; }

private:
  void open();
  void close() noexcept;
  void wait_in_line(std::chrono::steady_clock::time_point end);
  bool try_byte(int byte) noexcept;
  void release_byte(int byte) noexcept;
  bool somebody_waits() const noexcept;
  /// True when the path leads to the file that is open here.
  bool is_current() const noexcept;

  std::filesystem::path path_;
  std::chrono::milliseconds patience_;
  int descriptor_ = -1;
  bool held_ = false;
};

} // namespace sluice
