#include "runtime/config/server_secret_file.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice {

namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw error("bad_secret_file", fmt::format("cannot take '{}': {}", path.native(), why));
}

/// A file that is open; closed with the object.
class open_file {
public:
  /// O_NONBLOCK: a pipe that nobody writes must not hold up the start; it is refused below.
  explicit open_file(const std::filesystem::path& path)
      : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    if (descriptor_ < 0)
      refuse(path_, std::strerror(errno));
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() { ::close(descriptor_); }

  /// Refuses what is no regular file, and one that has one of the permissions `forbidden`. Asks the open
  /// file, so that nobody can put another in its place in between.
  void require_mode(mode_t forbidden, const char* remedy) const {
    struct stat status = {};
    if (::fstat(descriptor_, &status) != 0)
      refuse(path_, std::strerror(errno));
    if (!S_ISREG(status.st_mode))
      refuse(path_, "it is no regular file");
    if ((status.st_mode & forbidden) != 0)
      refuse(path_, fmt::format("its mode {:04o} lets in too many; run `{} {}`", status.st_mode & 07777U,
                                remedy, path_.native()));
  }

  std::string read(std::size_t limit) const {
    std::string text(limit + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
      const auto count = ::read(descriptor_, text.data() + size, text.size() - size);
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        refuse(path_, std::strerror(errno));
      if (count == 0)
        break;
      size += static_cast<std::size_t>(count);
    }
    if (size > limit)
      refuse(path_, fmt::format("it is larger than {} bytes", limit));
    text.resize(size);
    return text;
  }

private:
  const std::filesystem::path& path_;
  int descriptor_;
};

constexpr std::string_view white_space = " \t\r\n";

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string::npos)
    return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

} // namespace

std::string read_secret_file(const std::filesystem::path& path) {
  const open_file file(path);
  file.require_mode(S_IRWXO | S_IWGRP, "chmod g-w,o=");
  auto secret = trimmed(file.read(secret_length_limit + white_space.size()));
  if (secret.empty())
    refuse(path, "it is empty; write the secret into it");
  if (secret.size() > secret_length_limit)
    refuse(path, fmt::format("it is larger than {} bytes", secret_length_limit));
  return secret;
}

std::string read_trusted_file(const std::filesystem::path& path, std::size_t limit) {
  const open_file file(path);
  file.require_mode(S_IWGRP | S_IWOTH, "chmod go-w");
  return file.read(limit);
}

} // namespace sluice
