#pragma once

#include "nodes/io/file_descriptor.hpp"

#include <string>
#include <sys/types.h>

namespace sluice {

/// A file that is open for reading and may be cut short, renamed and made anew while it is read. Asks the
/// file system each time; no notification is needed, so it works on every file system. Thread: one.
class watched_file {
public:
  enum class change : std::uint8_t {
    none,
    truncated, ///< shorter than what was read
    replaced,  ///< another file has the path now
    missing,   ///< no file has the path
  };

  explicit watched_file(std::string path) : path_(std::move(path)) {}

  /// Opens the file, in place of the one that is open. Returns false when there is none. Throws
  /// `error("cannot_open")`.
  bool open();
  bool is_open() const noexcept { return file_.is_open(); }
  int descriptor() const noexcept { return file_.get(); }

  /// Returns what happened to the open file or its path since it was opened.
  change look() const;
  void to_start() const;
  void to_end() const;
  void close() noexcept { file_.close(); }

  const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
  file_descriptor file_;
  /// Pipes and devices have neither length nor successor.
  bool regular_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

} // namespace sluice
