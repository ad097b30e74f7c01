#include "steps/signal_inbox.hpp"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace sluice {

signal_inbox::signal_inbox(step_signal& of)
    : bell_(require_descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "an event descriptor")),
      attachment_(of, *this) {}

signal_inbox::news signal_inbox::take() {
  const std::lock_guard guard(mutex_);
  std::uint64_t rings = 0;
  (void)!::read(bell_.get(), &rings, sizeof rings);
  return std::exchange(news_, {});
}

void signal_inbox::on_interrupt(std::chrono::milliseconds grace) {
  const std::lock_guard guard(mutex_);
  news_.interrupted = grace;
  ring();
}

void signal_inbox::on_extend(std::chrono::nanoseconds deadline) {
  const std::lock_guard guard(mutex_);
  news_.deadline = deadline;
  ring();
}

void signal_inbox::ring() const noexcept {
  const std::uint64_t once = 1;
  (void)!::write(bell_.get(), &once, sizeof once);
}

} // namespace sluice
