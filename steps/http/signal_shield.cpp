#include "steps/http/signal_shield.hpp"

#include <ctime>

namespace sluice {

namespace {

sigset_t only_pipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_pending() {
  sigset_t set;
  return ::sigpending(&set) == 0 && sigismember(&set, SIGPIPE) == 1;
}

} // namespace

signal_shield::signal_shield() : was_pending_(is_pending()) {
  const auto set = only_pipe();
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
}

signal_shield::~signal_shield() {
  if (!was_pending_ && is_pending()) {
    const auto set = only_pipe();
    const timespec no_time{};
    ::sigtimedwait(&set, nullptr, &no_time);
  }
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace sluice
