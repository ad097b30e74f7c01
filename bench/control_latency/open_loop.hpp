#pragma once

#include <chrono>
#include <cstdint>
#include <thread>

namespace sluice::bench {

using steady = std::chrono::steady_clock;

/// What becomes of pieces that the kernel let pass by waking the thread late.
enum class missed {
  catch_up, ///< they are due at once: the rate holds
  skip,     ///< there are none: no burst that nobody asked for
};

/// Paces work at a fixed rate whatever becomes of it, and says from when each piece counts: from when it was
/// due if the one who asks came late (what is measured held it up, and that must show), from now if it was
/// the kernel that woke this thread late. Thread: one; see `wake_precisely`.
class open_loop {
public:
  explicit open_loop(std::chrono::nanoseconds interval, missed slept = missed::catch_up)
      : interval_(interval), slept_(slept) {}

  /// True when the next piece is due.
  bool due() const { return steady::now() >= due_; }

  /// Waits until the next piece is due and returns the time from which it counts.
  steady::time_point next() {
    if (due_ == steady::time_point{})
      due_ = steady::now() + interval_;
    const auto due = due_;
    due_ += interval_;
    const auto now = steady::now();
    if (now >= due)
      return due <= woke_ ? now : due;
    std::this_thread::sleep_until(due);
    woke_ = steady::now();
    if (slept_ == missed::skip && due_ <= woke_)
      due_ = woke_ + interval_;
    return woke_;
  }

private:
  std::chrono::nanoseconds interval_;
  missed slept_;
  steady::time_point due_;
  steady::time_point woke_;
};

/// Lets the kernel wake the calling thread as near to the time it asked for as it can; by default it takes
/// 50 µs of leeway.
void wake_precisely();

} // namespace sluice::bench
