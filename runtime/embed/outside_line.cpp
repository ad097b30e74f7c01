#include "runtime/embed/outside_line.hpp"

#include "model/base/bounded_wait.hpp"
#include "runtime/embed/worker_wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

std::size_t checked_capacity(const std::string& name, std::size_t capacity) {
  if (capacity == 0)
    throw error("bad_value", fmt::format("'{}' has the capacity 0; give it at least 1 message", name));
  return capacity;
}

} // namespace

outside_line::outside_line(std::string name, std::size_t capacity)
    : name_(std::move(name)), capacity_(checked_capacity(name_, capacity)) {}

void outside_line::attach(node_waker waker) {
  auto shared = waker ? std::make_shared<const node_waker>(std::move(waker)) : nullptr;
  held_lock lock(mutex_);
  if (attached_)
    throw error("line_in_use",
                fmt::format("'{}' already serves a flow; build the graph anew for another one", name_));
  if (over_)
    throw error("line_over",
                fmt::format("'{}' served a flow that is over; build the graph anew for another one", name_));
  attached_ = true;
  waker_.swap(shared);
  // The outside may have closed its end while no node could hear of it.
  asleep_ = closed_;
  leave(lock, true, false);
}

void outside_line::detach() noexcept {
  std::shared_ptr<const node_waker> old;
  const std::lock_guard lock(mutex_);
  attached_ = false;
  waker_.swap(old);
}

std::size_t outside_line::end() noexcept {
  held_lock lock(mutex_);
  return end_locked(lock);
}

void outside_line::end_if_unserved() noexcept {
  held_lock lock(mutex_);
  if (!attached_)
    end_locked(lock);
}

std::size_t outside_line::end_locked(held_lock& lock) noexcept {
  closed_ = over_ = true;
  attached_ = asleep_ = false;
  const auto old = std::exchange(waker_, nullptr);
  call_listeners(true);
  const auto given_up = give_up(lock);
  changed_.notify_all();
  return given_up;
}

void outside_line::refuse_to_hold_worker(std::chrono::nanoseconds timeout) const {
  if (timeout.count() > 0)
    sluice::refuse_to_hold_worker("'" + name_ + "'", "leave the timeout out");
}

std::chrono::steady_clock::time_point outside_line::deadline_of(std::chrono::nanoseconds timeout) noexcept {
  return std::chrono::steady_clock::now() + std::min<std::chrono::nanoseconds>(timeout, longest_wait);
}

bool outside_line::ended() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void outside_line::shut() {
  held_lock lock(mutex_);
  if (std::exchange(closed_, true))
    return;
  changed_.notify_all();
  call_listeners(true);
  // Also a node that does not sleep: nothing else might ever come to it.
  asleep_ = true;
  leave(lock, true, false);
}

outside_line::listener outside_line::listen(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back({listener{++last_listener_}, std::move(call)});
  return listeners_.back().which;
}

void outside_line::unlisten(listener which) noexcept {
  std::function<void()> old;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                  [which](const listening& each) { return each.which == which; });
  if (found == listeners_.end())
    return;
  old.swap(found->call);
  listeners_.erase(found);
}

void outside_line::set_asleep(listener which, bool asleep) noexcept {
  for (auto& each : listeners_)
    if (each.which == which)
      each.asleep = asleep;
}

bool outside_line::somebody_waits() const noexcept {
  return waiting_ != 0 ||
         std::any_of(listeners_.begin(), listeners_.end(), [](const listening& each) { return each.asleep; });
}

void outside_line::call_listeners(bool also_awake) {
  bool called = false;
  for (auto& each : listeners_)
    if (std::exchange(each.asleep, false) || also_awake) {
      each.call();
      called = true;
    }
  // Another one comes first next time: a place for one message should not always be the same one's.
  if (called)
    std::rotate(listeners_.begin(), listeners_.begin() + 1, listeners_.end());
}

void outside_line::leave(held_lock& lock, bool wake_node, bool call_next) {
  const auto waker = wake_node && std::exchange(asleep_, false) ? waker_ : nullptr;
  const bool calls = call_next && waiting_ != 0 && !called_;
  called_ = called_ || calls;
  if (call_next)
    call_listeners(false);
  lock.unlock();
  if (calls)
    changed_.notify_one();
  if (waker)
    (*waker)();
}

} // namespace sluice
