#pragma once

#include <filesystem>

namespace sluice {

/// A file that nobody may write, root included and through descriptors that are open already, until the
/// object goes: as on a disk that the kernel has made read-only after an error. Needs root and a file system
/// that knows the flag, such as ext4.
class immutable_file {
public:
  explicit immutable_file(const std::filesystem::path& path);
  immutable_file(const immutable_file&) = delete;
  immutable_file& operator=(const immutable_file&) = delete;
  ~immutable_file() { release(); }

  /// False when it could not be made so.
  bool is_there() const noexcept { return descriptor_ >= 0; }
  void release() noexcept;

private:
  int descriptor_ = -1;
  int flags_ = 0;
};

} // namespace sluice
