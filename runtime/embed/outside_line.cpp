#include "runtime/embed/outside_line.hpp"

#include "actors/flow/worker_mark.hpp"
#include "model/base/bounded_wait.hpp"

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
  const std::lock_guard lock(mutex_);
  if (attached_)
    throw error("line_in_use",
                fmt::format("'{}' already serves a flow; build the graph anew for another one", name_));
  if (over_)
    throw error("line_over",
                fmt::format("'{}' served a flow that is over; build the graph anew for another one", name_));
  attached_ = true;
  asleep_ = false;
  waker_.swap(shared);
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
  const auto given_up = give_up();
  closed_ = over_ = true;
  attached_ = asleep_ = false;
  const auto old = std::exchange(waker_, nullptr);
  call_listener();
  lock.unlock();
  changed_.notify_all();
  return given_up;
}

void outside_line::refuse_to_hold_worker(std::chrono::nanoseconds timeout) const {
  if (timeout.count() > 0 && worker_mark::here())
    throw error(
        "would_block_worker",
        fmt::format("a handler must not wait for '{}': it holds a worker; leave the timeout out, or run "
                    "its node with execution_kind::blocking",
                    name_));
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
  closed_ = true;
  changed_.notify_all();
  call_listener();
  leave(lock, true, false);
}

void outside_line::listen(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  listener_.swap(call);
  listener_sleeps_ = false;
}

void outside_line::call_listener() {
  listener_sleeps_ = false;
  if (listener_)
    listener_();
}

void outside_line::leave(held_lock& lock, bool wake_node, bool call_next) {
  const auto waker = wake_node && std::exchange(asleep_, false) ? waker_ : nullptr;
  const bool calls = call_next && waiting_ != 0 && !called_;
  called_ = called_ || calls;
  // Under the lock, so that nobody is spoken to after `listen({})`: its actor system may be gone by then.
  if (call_next && listener_sleeps_)
    call_listener();
  lock.unlock();
  if (calls)
    changed_.notify_one();
  if (waker)
    (*waker)();
}

} // namespace sluice
