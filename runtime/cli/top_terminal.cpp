#include "runtime/cli/top_terminal.hpp"

#include "model/base/error.hpp"

#include <array>
#include <cstdint>
#include <ostream>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace sluice {

namespace {

/// Other screen, no cursor, no wrapping at the right edge; and back.
constexpr const char* enter_codes = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
constexpr const char* leave_codes = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH})
    sigaddset(&set, one);
  return set;
}

} // namespace

top_terminal::top_terminal(std::ostream& out) : out_(out) {
  if (tcgetattr(STDIN_FILENO, &before_) != 0)
    throw error("no_terminal", "standard input is no terminal; use --once to print one screen");
  const auto set = watched_signals();
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  bell_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (signals_ < 0 || bell_ < 0) {
    close_all();
    throw error("signals", "cannot watch for signals: no file descriptors are left; raise `ulimit -n`");
  }
  pthread_sigmask(SIG_BLOCK, &set, &mask_before_);
  enter();
}

top_terminal::~top_terminal() {
  leave();
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  close_all();
}

void top_terminal::close_all() noexcept {
  for (const int one : {signals_, bell_})
    if (one >= 0)
      close(one);
}

void top_terminal::enter() {
  auto keys_at_once = before_;
  keys_at_once.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  keys_at_once.c_cc[VMIN] = 1;
  keys_at_once.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSANOW, &keys_at_once);
  out_ << enter_codes << std::flush;
}

void top_terminal::leave() noexcept {
  try {
    out_ << leave_codes << std::flush;
  } catch (...) {
    // The terminal has gone; there is nothing to give back.
  }
  tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

top_terminal::happening top_terminal::wait() {
  happening seen;
  std::array<pollfd, 3> all{{{STDIN_FILENO, POLLIN, 0}, {signals_, POLLIN, 0}, {bell_, POLLIN, 0}}};
  if (poll(all.data(), all.size(), -1) < 0)
    return seen; // EINTR
  if (all[0].revents != 0) {
    std::array<char, 64> bytes;
    const auto size = read(STDIN_FILENO, bytes.data(), bytes.size());
    if (size > 0)
      seen.keys.assign(bytes.data(), static_cast<std::size_t>(size));
    else
      seen.ended = true; // hung up
  }
  if (all[1].revents != 0)
    take_signals(seen);
  std::uint64_t rung = 0;
  (void)!read(bell_, &rung, sizeof rung);
  return seen;
}

void top_terminal::take_signals(happening& seen) {
  signalfd_siginfo info{};
  while (read(signals_, &info, sizeof info) == sizeof info) {
    const auto signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGTSTP)
      stop_and_come_back();
    else if (signal != SIGWINCH)
      seen.ended = true;
  }
}

void top_terminal::stop_and_come_back() {
  leave();
  kill(getpid(), SIGSTOP);
  enter();
}

void top_terminal::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!write(bell_, &one, sizeof one);
}

terminal_size top_terminal::size() const noexcept {
  winsize found{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) != 0 || found.ws_row == 0 || found.ws_col == 0)
    return {};
  return {found.ws_row, found.ws_col};
}

void top_terminal::draw(const std::vector<std::string>& lines) {
  std::string frame = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i)
    frame += (i == 0 ? "" : "\r\n") + lines[i] + "\x1b[K";
  frame += "\x1b[J";
  out_ << frame << std::flush;
}

} // namespace sluice
