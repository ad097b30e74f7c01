#pragma once

#include "runtime/cli/cli_streams.hpp"

#include <chrono>
#include <csignal>
#include <iosfwd>
#include <string>
#include <termios.h>
#include <vector>

namespace sluice {

/// The process's terminal as a full screen: keys come one by one, the cursor is hidden, what was there before
/// comes back at the end, also when a signal or an exception ends it. Made before other threads, which must
/// not get the signals. Thread: the one that made it, but for `wake`.
class top_terminal {
public:
  /// Writes to `out`, which is the terminal. Throws `error("no_terminal")` when standard input is none.
  explicit top_terminal(std::ostream& out);
  ~top_terminal();
  top_terminal(const top_terminal&) = delete;
  top_terminal& operator=(const top_terminal&) = delete;

  /// What `wait` has seen.
  struct happening {
    std::string keys = {};
    /// SIGINT, SIGTERM, SIGHUP or SIGQUIT has come, or the terminal has gone.
    bool ended = false;
  };
  /// Waits for keys, signals (a new size of the window among them) or `wake`. SIGTSTP (Ctrl-Z) gives the
  /// terminal back until somebody lets the process go on.
  happening wait();
  /// Ends a `wait`. Any thread.
  void wake() noexcept;

  /// Returns the window's size as it is now.
  terminal_size size() const noexcept;
  /// Replaces the screen in one piece.
  void draw(const std::vector<std::string>& lines);

private:
  void enter();
  void leave() noexcept;
  void take_signals(happening& seen);
  void stop_and_come_back();
  void close_all() noexcept;

  std::ostream& out_;
  termios before_{};
  sigset_t mask_before_{};
  int signals_ = -1;
  int bell_ = -1;
};

} // namespace sluice
