#pragma once

#include "model/run/run_event.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <vector>

namespace sluice {

/// Holds what a subscription hands over until the command has printed it, which may take as long as the
/// reader of its output likes: beyond `limit` events the rest is given up, to be asked for again.
class event_inbox {
public:
  static constexpr std::size_t default_limit = 10'000;

  explicit event_inbox(std::size_t limit = default_limit) : limit_(limit) {}

  /// Any thread; returns at once.
  void put(const std::vector<run_event>& events);
  /// Any thread: nobody wants more.
  void stop();
  /// Any thread: no more will come, and why; none: there is no more.
  void end(std::exception_ptr why);

  /// What has come, oldest first; waits for it at most `time`.
  std::vector<run_event> take(std::chrono::milliseconds time);
  bool is_stopped() const;
  /// True when events were given up; all that came before them has been taken.
  bool is_cut_off() const;
  /// Throws why no more will come, if there is a reason.
  void rethrow() const;
  /// Holds events again. Nobody is putting any.
  void restart();

private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<run_event> events_;
  bool stopped_ = false;
  bool cut_off_ = false;
  std::exception_ptr failure_;
};

} // namespace sluice
