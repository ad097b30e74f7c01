#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace sluice {

/// Which file a path leads to: another one of the same name is another file.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  friend bool operator==(const file_identity&, const file_identity&) = default;
};

/// Returns what `path` leads to, or nothing when there is no such file.
std::optional<file_identity> identity_of(const std::filesystem::path& path) noexcept;
/// Returns what an open file is.
std::optional<file_identity> identity_of(int descriptor) noexcept;

/// True for the `f_type` (statfs(2)) of a file system that other hosts write, too: there neither locks nor
/// the shared memory of SQLite's log can be trusted.
bool is_network_file_system(std::uint32_t type) noexcept;

/// Throws `error("store_unavailable")` when the folder of `path` is not there, or
/// `error("store_on_network")` when it is on a network file system.
void require_local_folder(const std::filesystem::path& path);

} // namespace sluice
