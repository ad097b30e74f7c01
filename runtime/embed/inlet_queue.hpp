#pragma once

#include "model/base/defaults.hpp"
#include "runtime/embed/outside_line.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice {

/// Messages an inlet holds unless told otherwise. More than an edge, because whoever pushes is scheduled by
/// the kernel: a saturated flow empties 1024 in 35 µs (bench/inlets).
inline constexpr std::size_t inlet_capacity = 4 * defaults::edge_capacity;

/// What became of a message that was pushed.
enum class push_result : std::uint8_t {
  accepted, ///< the flow has it
  full,     ///< no room, also not in the time it was given; the message was left as it was
  ended,    ///< the inlet is closed or its flow is over; the message was left as it was
};

/// The bounded queue between the threads that push into an inlet and its source node, in two halves: pushers
/// append to one under the lock while the source empties the other without it. Any thread outside; `take` and
/// what follows it on the node's thread.
template <class T>
class inlet_queue final : public outside_line {
public:
  using outside_line::outside_line;

  /// Takes `value` if there is room until `timeout` from now; at once when that is not above 0.
  template <class Value>
  push_result push(Value&& value, std::chrono::nanoseconds timeout) {
    refuse_to_hold_worker(timeout);
    held_lock lock(mutex_);
    if (timeout.count() > 0 && must_wait())
      wait_for_room(lock, deadline_of(timeout));
    if (closed_)
      return push_result::ended;
    if (room() == 0)
      return push_result::full;
    pushed_.push_back(std::forward<Value>(value));
    leave(lock, true, room() != 0);
    return push_result::accepted;
  }

  /// Takes as many of `values` from the front as there is room for until `timeout` from now, and returns how
  /// many that were: moved, or copied when `Value` is const.
  template <class Value>
  std::size_t push(std::span<Value> values, std::chrono::nanoseconds timeout) {
    refuse_to_hold_worker(timeout);
    std::size_t taken = append(values);
    if (taken == values.size() || timeout.count() <= 0)
      return taken;
    const auto deadline = deadline_of(timeout);
    while (taken < values.size()) {
      {
        held_lock lock(mutex_);
        wait_for_room(lock, deadline);
      }
      const auto more = append(values.subspan(taken));
      taken += more;
      if (more == 0 && (ended() || std::chrono::steady_clock::now() >= deadline))
        break;
    }
    return taken;
  }

  /// Refuses what comes from now on; the source ends when it has emitted what was accepted.
  void close() { shut(); }
  /// Nobody can push any more.
  void let_go() { close(); }

  /// Messages that were accepted and not emitted yet.
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return pushed_.size() + ahead_;
  }

  /// Messages that it would take now.
  std::size_t free_places() const {
    const std::lock_guard lock(mutex_);
    return closed_ ? 0 : room();
  }
  /// For one who listens: true when there is no room now; it is called when there is.
  bool sleep_while_full(listener which) {
    const std::lock_guard lock(mutex_);
    const bool full = must_wait();
    set_asleep(which, full);
    return full;
  }

  /// Messages that actors before the inlet were refused (`inlet_actor`).
  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
  void count_refused(std::size_t count) noexcept { refused_.fetch_add(count, std::memory_order_relaxed); }

  /// For the source: the next messages, at most `most`; when there are none it is asleep, or `over`.
  struct taken_values {
    std::span<T> values;
    bool over = false;
    /// Somebody waits for room and was not called yet, though there is some: see `call_next`.
    bool waited_for = false;
  };
  taken_values take(std::size_t most) {
    if (next_ == taken_.size()) {
      taken_.clear();
      next_ = 0;
    }
    held_lock lock(mutex_);
    if (taken_.empty()) {
      taken_.swap(pushed_);
      ahead_ = taken_.size();
    }
    const auto count = std::min(most, taken_.size() - next_);
    if (count == 0) {
      asleep_ = !closed_;
      return {{}, closed_};
    }
    ahead_ -= count;
    const bool plenty = room() >= std::max<std::size_t>(1, capacity() / 2);
    const bool waited_for = somebody_waits() && !plenty;
    leave(lock, false, plenty);
    return {std::span<T>(taken_).subspan(std::exchange(next_, next_ + count), count), false, waited_for};
  }
  /// Calls one of those who wait. `take` does when half of the inlet is free, because a thread that is woken
  /// for less costs more than its messages; the source does when that does not come about soon.
  void call_next() {
    held_lock lock(mutex_);
    leave(lock, false, room() != 0);
  }
  /// The last `count` of what was taken were not emitted: they come again.
  void put_back(std::size_t count) {
    next_ -= count;
    const std::lock_guard lock(mutex_);
    ahead_ += count;
  }

private:
  std::size_t room() const noexcept {
    const auto used = pushed_.size() + ahead_;
    return used < capacity() ? capacity() - used : 0;
  }
  bool must_wait() const noexcept { return !closed_ && room() == 0; }
  void wait_for_room(held_lock& lock, std::chrono::steady_clock::time_point deadline) {
    wait_until(lock, deadline, [this] { return !must_wait(); });
  }

  template <class Value>
  std::size_t append(std::span<Value> values) {
    held_lock lock(mutex_);
    const auto count = closed_ ? 0 : std::min(values.size(), room());
    if (count == 0)
      return 0;
    const auto first = values.first(count);
    if constexpr (std::is_const_v<Value>)
      pushed_.insert(pushed_.end(), first.begin(), first.end());
    else
      pushed_.insert(pushed_.end(), std::make_move_iterator(first.begin()),
                     std::make_move_iterator(first.end()));
    leave(lock, true, room() != 0);
    return count;
  }

  std::size_t give_up(held_lock& lock) noexcept override {
    const auto left = pushed_.size() + std::exchange(ahead_, 0);
    std::vector<T> dropped;
    dropped.swap(pushed_);
    lock.unlock();
    return left;
  }

  std::vector<T> pushed_;
  /// How many of `taken_` were not handed to the source yet.
  std::size_t ahead_ = 0;
  /// The source's half.
  std::vector<T> taken_;
  std::size_t next_ = 0;
  std::atomic<std::uint64_t> refused_{0};
};

} // namespace sluice
