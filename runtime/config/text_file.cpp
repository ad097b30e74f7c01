#include "runtime/config/text_file.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace sluice {

namespace {

struct closer {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

[[noreturn]] void refuse(const std::string& path, int reason) {
  if (reason == ENOENT || reason == ENOTDIR)
    throw error("not_found", fmt::format("cannot read '{}': there is no such file", path));
  if (reason == EISDIR)
    throw error("is_directory", fmt::format("cannot read '{}': it is a directory; name a file", path));
  throw error("unreadable", fmt::format("cannot read '{}': {}", path, std::strerror(reason)));
}

} // namespace

std::string read_text_file(const std::string& path, std::size_t limit) {
  const std::unique_ptr<std::FILE, closer> file(std::fopen(path.c_str(), "rbe"));
  if (!file)
    refuse(path, errno);
  std::string content;
  char block[1 << 16];
  errno = 0;
  while (const auto count = std::fread(block, 1, sizeof block, file.get())) {
    content.append(block, count);
    if (content.size() > limit)
      throw error("too_large",
                  fmt::format("'{}' is larger than {} MiB; split it into several files", path, limit >> 20));
  }
  if (std::ferror(file.get()))
    refuse(path, errno);
  return content;
}

} // namespace sluice
