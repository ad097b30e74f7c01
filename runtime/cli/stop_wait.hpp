#pragma once

#include <atomic>
#include <chrono>

namespace sluice {

/// Waits for something to read, for time to pass, or until it is stopped. One thread waits, any may stop it.
class stop_wait {
public:
  /// Throws `error("signals")` when the kernel has no descriptors left.
  stop_wait();
  ~stop_wait();
  stop_wait(const stop_wait&) = delete;
  stop_wait& operator=(const stop_wait&) = delete;

  /// Ends the wait under way, and every later one at once.
  void stop() noexcept;
  bool is_stopped() const noexcept { return stopped_; }

  /// Returns when `descriptor` is readable, after `time`, or when it is stopped.
  /// @param descriptor -1: none.
  void wait(int descriptor, std::chrono::milliseconds time) noexcept;

private:
  int wake_ = -1;
  std::atomic<bool> stopped_{false};
};

} // namespace sluice
