#pragma once

#include "steps/exec/guard_channel.hpp"

#include <chrono>
#include <optional>
#include <sys/types.h>

namespace sluice {

/// What a guard waits for: its worker's words and end, its deadline, and the end of its children. Thread:
/// one.
class guard_watch {
public:
  /// Blocks all signals of the process but those that cannot be. Throws `error("no_descriptors")`.
  guard_watch(guard_channel& channel, pid_t worker);

  /// Waits at most `longest`, and looks at everything that is new. Wakes early for `also` (-1: none) to be
  /// readable, and when a child ends.
  void wait(std::chrono::milliseconds longest, int also = -1);

  /// True when the worker is gone, or its lease over: everything must end at once.
  bool is_orphaned() const noexcept { return worker_gone_; }
  bool is_expired() const noexcept { return expired_; }
  /// When the worker said `stop`: the moment (CLOCK_BOOTTIME) by which everything has to be gone.
  std::optional<std::chrono::nanoseconds> stop_by() const noexcept { return stop_by_; }

private:
  void read_channel();
  void check_deadline();
  void set_timer() const noexcept;

  guard_channel& channel_;
  owned_descriptor worker_;
  owned_descriptor timer_;
  owned_descriptor signals_;
  bool worker_gone_ = false;
  bool expired_ = false;
  std::optional<std::chrono::nanoseconds> deadline_;
  std::optional<std::chrono::nanoseconds> stop_by_;
};

} // namespace sluice
