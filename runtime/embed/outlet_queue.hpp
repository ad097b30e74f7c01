#pragma once

#include "model/message/message.hpp"
#include "runtime/embed/outside_line.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace sluice {

/// The bounded queue between an outlet's sink node and the threads that pull from it. Any thread outside;
/// `offer` on the node's.
template <class T>
class outlet_queue final : public outside_line {
public:
  using outside_line::outside_line;

  enum class verdict : std::uint8_t {
    taken,
    full, ///< the node sleeps now; it is woken when there is room for a good part of the queue
    gone, ///< nobody can pull any more
  };
  /// Takes the value of `in`, unless it is full or nobody is there: then `in` is untouched.
  verdict offer(message& in) {
    held_lock lock(mutex_);
    if (closed_)
      return verdict::gone;
    if (values_.size() >= capacity()) {
      asleep_ = true;
      return verdict::full;
    }
    values_.push_back(in.take<T>());
    leave(lock, false, true);
    return verdict::taken;
  }

  /// Returns the oldest value; waits for one at most `timeout`.
  std::optional<T> pull(std::chrono::nanoseconds timeout) {
    refuse_to_hold_worker(timeout);
    held_lock lock(mutex_);
    if (timeout.count() > 0)
      wait_for_values(lock, timeout);
    if (values_.empty())
      return std::nullopt;
    std::optional<T> oldest(std::move(values_.front()));
    values_.pop_front();
    leave_after_pull(lock);
    return oldest;
  }

  /// Appends the oldest values, at most `most`, to `into`; waits for one at most `timeout`. Returns how many.
  std::size_t pull(std::vector<T>& into, std::size_t most, std::chrono::nanoseconds timeout) {
    refuse_to_hold_worker(timeout);
    held_lock lock(mutex_);
    if (timeout.count() > 0)
      wait_for_values(lock, timeout);
    const auto count = std::min(most, values_.size());
    const auto last = values_.begin() + static_cast<std::ptrdiff_t>(count);
    into.insert(into.end(), std::make_move_iterator(values_.begin()), std::make_move_iterator(last));
    values_.erase(values_.begin(), last);
    leave_after_pull(lock);
    return count;
  }

  /// Nobody will pull any more: what is here is dropped, and what comes is given back to the node.
  void let_go() {
    shut();
    // Without the lock: destructors of payloads may do anything.
    std::deque<T> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(values_);
  }

  /// True when the flow is over and everything was pulled.
  bool drained() const {
    const std::lock_guard lock(mutex_);
    return over_ && values_.empty();
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

private:
  void wait_for_values(held_lock& lock, std::chrono::nanoseconds timeout) {
    wait_until(lock, deadline_of(timeout), [this] { return closed_ || !values_.empty(); });
  }
  void leave_after_pull(held_lock& lock) {
    // Not at the first free place: the node would be woken for each message.
    leave(lock, values_.size() <= capacity() / 2, !values_.empty());
  }
  /// What is here was delivered: it can still be pulled.
  std::size_t give_up(held_lock& lock) noexcept override {
    lock.unlock();
    return 0;
  }

  std::deque<T> values_;
};

} // namespace sluice
