#include "steps/owned_descriptor.hpp"

#include "model/base/error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace sluice {

void owned_descriptor::close() noexcept {
  if (number_ >= 0)
    ::close(number_);
  number_ = -1;
}

owned_descriptor require_descriptor(int number, const char* what) {
  if (number >= 0)
    return owned_descriptor(number);
  const int why = errno;
  throw error("no_descriptors", std::string("cannot open ") + what + ": " +
                                    std::generic_category().message(why) +
                                    "; look at the limits of open files (ulimit -n)");
}

owned_descriptor lifted(owned_descriptor from) {
  constexpr int above_streams = 10;
  if (from.get() >= above_streams)
    return from;
  return require_descriptor(::fcntl(from.get(), F_DUPFD_CLOEXEC, above_streams), "a descriptor");
}

} // namespace sluice
