#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace sluice {

/// An empty folder of a test's own, gone with the object.
class scratch_folder {
public:
  /// `below`: where to make it.
  explicit scratch_folder(const std::filesystem::path& below = std::filesystem::temp_directory_path()) {
    auto name = (below / "sluice-test-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace sluice
