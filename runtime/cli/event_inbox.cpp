#include "runtime/cli/event_inbox.hpp"

#include <utility>

namespace sluice {

void event_inbox::put(const std::vector<run_event>& events) {
  const std::lock_guard lock(mutex_);
  for (const auto& event : events) {
    cut_off_ = cut_off_ || events_.size() == limit_;
    if (!cut_off_)
      events_.push_back(event);
  }
  changed_.notify_one();
}

void event_inbox::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_one();
}

void event_inbox::end(std::exception_ptr why) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(why);
  stopped_ = true;
  changed_.notify_one();
}

void event_inbox::rethrow() const {
  const std::lock_guard lock(mutex_);
  if (failure_)
    std::rethrow_exception(failure_);
}

std::vector<run_event> event_inbox::take(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopped_ || cut_off_ || !events_.empty(); });
  return std::exchange(events_, {});
}

bool event_inbox::is_stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

bool event_inbox::is_cut_off() const {
  const std::lock_guard lock(mutex_);
  return cut_off_ && events_.empty();
}

void event_inbox::restart() {
  const std::lock_guard lock(mutex_);
  cut_off_ = false;
}

} // namespace sluice
