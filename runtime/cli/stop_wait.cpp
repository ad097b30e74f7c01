#include "runtime/cli/stop_wait.hpp"

#include "model/base/error.hpp"

#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace sluice {

stop_wait::stop_wait() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_ < 0)
    throw error("signals", "cannot wait for changes: no file descriptors are left; raise `ulimit -n`");
}

stop_wait::~stop_wait() {
  close(wake_);
}

void stop_wait::stop() noexcept {
  stopped_ = true;
  const std::uint64_t one = 1;
  while (write(wake_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void stop_wait::wait(int descriptor, std::chrono::milliseconds time) noexcept {
  // The wake-up is never read: whoever is stopped stays stopped. poll() leaves out descriptors below 0.
  pollfd both[2] = {{wake_, POLLIN, 0}, {descriptor, POLLIN, 0}};
  (void)poll(both, 2, static_cast<int>(time.count()));
}

} // namespace sluice
