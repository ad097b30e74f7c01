#include "steps/step_signal.hpp"

#include "model/base/error.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// A clock plus the longest time there is would overflow.
constexpr std::chrono::hours longest_wait{24 * 365};

} // namespace

// The listener is called under the mutex: calls are in order, and none is under way once it is detached.

void step_signal::interrupt(std::chrono::milliseconds grace) {
  const std::lock_guard guard(mutex_);
  if (grace_ && *grace_ <= grace)
    return;
  grace_ = grace;
  changed_.notify_all();
  if (listener_ != nullptr)
    listener_->on_interrupt(grace);
}

void step_signal::hold(std::uint64_t number) {
  const std::lock_guard guard(mutex_);
  if (held_)
    return;
  held_ = number;
  if (listener_ != nullptr)
    listener_->on_hold(number);
}

void step_signal::resume() {
  const std::lock_guard guard(mutex_);
  if (!held_)
    return;
  held_.reset();
  if (listener_ != nullptr)
    listener_->on_resume();
}

void step_signal::extend(std::chrono::nanoseconds deadline) {
  const std::lock_guard guard(mutex_);
  deadline_ = deadline;
  if (listener_ != nullptr)
    listener_->on_extend(deadline);
}

bool step_signal::is_interrupted() const {
  const std::lock_guard guard(mutex_);
  return grace_.has_value();
}

bool step_signal::wait_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  const auto longest = std::min<std::chrono::nanoseconds>(time, longest_wait);
  return changed_.wait_for(lock, longest, [this] { return grace_.has_value(); });
}

step_signal::attachment::attachment(step_signal& to, step_listener& listener) : to_(&to) {
  const std::lock_guard guard(to.mutex_);
  if (to.listener_ != nullptr)
    throw internal_error("two listeners at one step_signal; destroy the first attachment before");
  to.listener_ = &listener;
  if (to.deadline_)
    listener.on_extend(*to.deadline_);
  if (to.held_)
    listener.on_hold(*to.held_);
  if (to.grace_)
    listener.on_interrupt(*to.grace_);
}

step_signal::attachment::~attachment() {
  const std::lock_guard guard(to_->mutex_);
  to_->listener_ = nullptr;
}

} // namespace sluice
