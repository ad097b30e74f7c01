#include "persistence/sqlite/store_file.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace sluice {

namespace {

file_identity identity(const struct stat& status) noexcept {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

} // namespace

std::optional<file_identity> identity_of(const std::filesystem::path& path) noexcept {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return std::nullopt;
  return identity(status);
}

std::optional<file_identity> identity_of(int descriptor) noexcept {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0)
    return std::nullopt;
  return identity(status);
}

bool is_network_file_system(std::uint32_t type) noexcept {
  // statfs(2) and linux/magic.h; not all are in the headers of every release.
  constexpr std::array<std::uint32_t, 13> network = {
      0x6969,     // nfs
      0x517b,     // smb
      0xff534d42, // cifs
      0xfe534d42, // smb2
      0x5346414f, // afs
      0x6b414653, // kafs
      0x73757245, // coda
      0x00c36400, // ceph
      0x01021997, // 9p
      0x0bd00bd0, // lustre
      0x47504653, // gpfs
      0x7461636f, // ocfs2
      0x01161970, // gfs2
  };
  return std::find(network.begin(), network.end(), type) != network.end();
}

void require_local_folder(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  struct statfs system {};
  if (::statfs(folder.c_str(), &system) != 0)
    throw error("store_unavailable", fmt::format("the folder {} cannot be used: {}; make it", folder.native(),
                                                 std::strerror(errno)));
  if (is_network_file_system(static_cast<std::uint32_t>(system.f_type)))
    throw error("store_on_network",
                fmt::format("{} is on a network file system, where a database may be damaged; put it on a "
                            "disk of this host",
                            path.native()));
}

} // namespace sluice
