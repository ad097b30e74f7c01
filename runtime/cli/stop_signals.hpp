#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <thread>

namespace sluice {

/// Whether a program takes SIGHUP as an order to read its configuration again, or ends by it as usual.
enum class hangup_use : std::uint8_t { ends, reloads };

/// Keeps SIGINT and SIGTERM, and SIGHUP if it `reloads`, from the threads that start after it, and from its
/// own; restores that when destroyed. What arrives in between waits for `stop_signals`. Make it before
/// anything that starts threads.
class signal_block {
public:
  explicit signal_block(hangup_use hangup = hangup_use::ends);
  ~signal_block();
  signal_block(const signal_block&) = delete;
  signal_block& operator=(const signal_block&) = delete;

private:
  sigset_t blocked_;
  sigset_t before_;
};

/// Hands SIGINT and SIGTERM, while they are blocked, to `handle` on a thread of its own.
class stop_signals {
public:
  using clock = std::chrono::steady_clock;

  /// What comes this soon after the first request is the same one: `timeout` signals its child and then its
  /// whole group, and Ctrl-C reaches the child besides the program that passes it on.
  static constexpr std::chrono::milliseconds same_request{100};

  /// `handle` gets the signal's number and how many requests came so far, this one included; it must not
  /// throw. `now` is asked on the same thread. Throws `error("signals")` when the kernel has no descriptors
  /// left.
  /// @param reload called for each SIGHUP, on the same thread; none: SIGHUP is left alone.
  explicit stop_signals(std::function<void(int signal, unsigned count)> handle,
                        std::function<clock::time_point()> now = clock::now,
                        std::function<void()> reload = {});
  /// Ends the thread and waits for it.
  ~stop_signals();
  stop_signals(const stop_signals&) = delete;
  stop_signals& operator=(const stop_signals&) = delete;

private:
  void run();
  void take(int signal);

  std::function<void(int, unsigned)> handle_;
  std::function<clock::time_point()> now_;
  std::function<void()> reload_;
  unsigned count_ = 0;
  clock::time_point first_handled_;
  int signals_ = -1;
  int wake_ = -1;
  std::thread thread_;
};

} // namespace sluice
