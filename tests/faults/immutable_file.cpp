#include "tests/faults/immutable_file.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace sluice {

immutable_file::immutable_file(const std::filesystem::path& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0)
    return;
  int flags = 0;
  if (::ioctl(descriptor_, FS_IOC_GETFLAGS, &flags) == 0) {
    flags_ = flags;
    flags |= FS_IMMUTABLE_FL;
    if (::ioctl(descriptor_, FS_IOC_SETFLAGS, &flags) == 0)
      return;
  }
  ::close(std::exchange(descriptor_, -1));
}

void immutable_file::release() noexcept {
  if (descriptor_ < 0)
    return;
  (void)::ioctl(descriptor_, FS_IOC_SETFLAGS, &flags_);
  ::close(std::exchange(descriptor_, -1));
}

} // namespace sluice
