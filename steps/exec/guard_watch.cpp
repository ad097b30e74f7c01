#include "steps/exec/guard_watch.hpp"

#include "steps/since_boot.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace sluice {

namespace {

using std::chrono::nanoseconds;

owned_descriptor watch_children() {
  sigset_t set;
  sigfillset(&set);
  ::sigprocmask(SIG_SETMASK, &set, nullptr);
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  return require_descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "a signal descriptor");
}

/// Takes out what makes the descriptor readable.
void clear(int descriptor) {
  std::array<char, 1024> bytes;
  while (::read(descriptor, bytes.data(), bytes.size()) > 0) {
  }
}

} // namespace

guard_watch::guard_watch(guard_channel& channel, pid_t worker)
    : channel_(channel),
      // Its end closes the channel, too, unless a fork of it has kept the other end open.
      worker_(require_descriptor(static_cast<int>(::syscall(SYS_pidfd_open, worker, 0)),
                                 "a descriptor of the worker")),
      timer_(require_descriptor(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK), "a timer")),
      signals_(watch_children()),
      worker_gone_(::getppid() != worker) {}

void guard_watch::wait(std::chrono::milliseconds longest, int also) {
  std::array<pollfd, 5> entries{{{worker_gone_ ? -1 : channel_.descriptor(), POLLIN, 0},
                                 {worker_gone_ ? -1 : worker_.get(), POLLIN, 0},
                                 {expired_ ? -1 : timer_.get(), POLLIN, 0},
                                 {signals_.get(), POLLIN, 0},
                                 {also, POLLIN, 0}}};
  (void)::poll(entries.data(), entries.size(), static_cast<int>(longest.count()));
  worker_gone_ = worker_gone_ || entries[1].revents != 0;
  // First what was said, then the time: a newer deadline may be there already.
  read_channel();
  check_deadline();
  clear(signals_.get());
}

void guard_watch::read_channel() {
  while (const auto message = channel_.receive()) {
    if (message->word == guard_word::deadline) {
      deadline_ = nanoseconds{message->number};
      set_timer();
    } else if (message->word == guard_word::stop) {
      stop_by_ = since_boot() + std::chrono::milliseconds{message->number};
    }
  }
  worker_gone_ = worker_gone_ || channel_.ended();
}

void guard_watch::check_deadline() {
  clear(timer_.get());
  expired_ = expired_ || (deadline_ && since_boot() >= *deadline_);
}

void guard_watch::set_timer() const noexcept {
  using std::chrono::seconds;
  // Zero would stop the timer, and less is none; both have passed anyway.
  const auto moment = std::max(*deadline_, nanoseconds{1});
  const auto whole = std::chrono::floor<seconds>(moment);
  itimerspec at{};
  at.it_value.tv_sec = whole.count();
  at.it_value.tv_nsec = (moment - whole).count();
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &at, nullptr);
}

} // namespace sluice
