#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace sluice {

/// Keeps SIGINT and SIGTERM from the threads that start after it, and from its own; restores that when
/// destroyed. What arrives in between waits for `stop_signals`. Make it before anything that starts threads.
class signal_block {
public:
  signal_block();
  ~signal_block();
  signal_block(const signal_block&) = delete;
  signal_block& operator=(const signal_block&) = delete;

private:
  sigset_t before_;
};

/// Hands SIGINT and SIGTERM, while they are blocked, to `handle` on a thread of its own.
class stop_signals {
public:
  /// `handle` gets the signal's number and how many came so far, this one included; it must not throw.
  /// Throws `error("signals")` when the kernel has no descriptors left.
  explicit stop_signals(std::function<void(int signal, unsigned count)> handle);
  /// Ends the thread and waits for it.
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

private:
  void run();

  std::function<void(int, unsigned)> handle_;
  int signals_ = -1;
  int wake_ = -1;
  std::thread thread_;
};

} // namespace sluice
