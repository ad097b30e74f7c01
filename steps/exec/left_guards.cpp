#include "steps/exec/left_guards.hpp"

#include <sys/wait.h>

namespace sluice {

void left_guards::add(pid_t guard) {
  const std::lock_guard lock(mutex_);
  guards_.push_back(guard);
}

void left_guards::collect() noexcept {
  const std::lock_guard lock(mutex_);
  // 0: it lives; -1: the host collects all children itself.
  std::erase_if(guards_, [](pid_t guard) { return ::waitpid(guard, nullptr, WNOHANG) != 0; });
}

} // namespace sluice
