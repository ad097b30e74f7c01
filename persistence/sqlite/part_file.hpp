#pragma once

#include <filesystem>

namespace sluice {

/// A file that is written beside the place where it is to be, under a name of its own
/// (`TO.` six random characters `.part`): two who write for one place are not in each other's way, and who
/// looks there finds the whole or nothing. Gone with the object unless it was put in place; only a process
/// that is killed leaves it behind. Thread: one at a time.
class part_file {
public:
  /// Makes it, empty, for its owner alone. Throws `error` with `store_full`, `store_read_only` or
  /// `store_unavailable`.
  explicit part_file(std::filesystem::path to);
  part_file(const part_file&) = delete;
  part_file& operator=(const part_file&) = delete;
  ~part_file();

  const std::filesystem::path& path() const noexcept { return path_; }

  /// Gives it the name it was made for, and returns when that is on disk. Returns false, and changes nothing,
  /// when there is a file of that name by now. Throws as the constructor.
  bool put_in_place();

private:
  std::filesystem::path to_;
  std::filesystem::path path_;
};

} // namespace sluice
