#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace sluice {

/// Counts single ticks that somebody waits for. Any thread.
class ticks_under_way {
public:
  void begin() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    --count_;
    ended_.notify_all();
  }
  bool any() const {
    const std::lock_guard lock(mutex_);
    return count_ > 0;
  }
  /// Returns whether there were none within `time`.
  bool wait_until_none(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, time, [this] { return count_ == 0; });
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t count_ = 0;
};

} // namespace sluice
