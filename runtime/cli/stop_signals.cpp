#include "runtime/cli/stop_signals.hpp"

#include "model/base/error.hpp"

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

sigset_t stop_set(bool hangup) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (hangup)
    sigaddset(&set, SIGHUP);
  return set;
}

} // namespace

signal_block::signal_block(hangup_use hangup) : blocked_(stop_set(hangup == hangup_use::reloads)) {
  pthread_sigmask(SIG_BLOCK, &blocked_, &before_);
}

signal_block::~signal_block() {
  // A signal that came too late to stop anything must not kill the program now.
  const timespec at_once{};
  while (sigtimedwait(&blocked_, nullptr, &at_once) > 0) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

stop_signals::stop_signals(std::function<void(int, unsigned)> handle, std::function<clock::time_point()> now,
                           std::function<void()> reload)
    : handle_(std::move(handle)), now_(std::move(now)), reload_(std::move(reload)) {
  const auto set = stop_set(reload_ != nullptr);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  wake_ = eventfd(0, EFD_CLOEXEC);
  if (signals_ < 0 || wake_ < 0) {
    if (signals_ >= 0)
      close(signals_);
    if (wake_ >= 0)
      close(wake_);
    throw error("signals", "cannot watch for signals: no file descriptors are left; raise `ulimit -n`");
  }
  thread_ = std::thread([this] { run(); });
}

stop_signals::~stop_signals() {
  const std::uint64_t one = 1;
  while (write(wake_, &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
  close(signals_);
  close(wake_);
}

void stop_signals::run() {
  pollfd both[2] = {{signals_, POLLIN, 0}, {wake_, POLLIN, 0}};
  while (true) {
    if (poll(both, 2, -1) < 0)
      continue; // EINTR
    if (both[1].revents != 0)
      return;
    signalfd_siginfo info{};
    if (read(signals_, &info, sizeof info) == sizeof info)
      take(static_cast<int>(info.ssi_signo));
  }
}

void stop_signals::take(int signal) {
  if (signal == SIGHUP)
    return reload_();
  if (count_ == 1 && now_() - first_handled_ < same_request)
    return;
  handle_(signal, ++count_);
  // Not from when it came: a signal that waited for the handler may have come at any time since, and an abort
  // loses messages while an echo that is ignored loses nothing.
  if (count_ == 1)
    first_handled_ = now_();
}

} // namespace sluice
