#include "runtime/embed/actor_sink_line.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

actor_sink_line::actor_sink_line(std::string name, std::size_t credit, caf::actor to)
    : outside_line(std::move(name), credit), to_(std::move(to)) {
  if (!to_)
    throw error("bad_value", fmt::format("the sink '{}' was given a handle without an actor", this->name()));
}

actor_sink_line::verdict actor_sink_line::offer(message& in) {
  held_lock lock(mutex_);
  if (closed_)
    return verdict::gone;
  if (unanswered_ >= capacity()) {
    asleep_ = true;
    // Not at the first answer: the node would be woken for each message.
    wake_at_ = capacity() / 2;
    return verdict::full;
  }
  pending_.push_back(std::move(in));
  ++unanswered_;
  leave(lock, false, true);
  return verdict::taken;
}

bool actor_sink_line::awaits_answers() noexcept {
  held_lock lock(mutex_);
  if (closed_ || (unanswered_ == 0 && failures_.empty()))
    return false;
  asleep_ = true;
  wake_at_ = 0;
  // The call for these may have come when a restart had taken the node away.
  leave(lock, !failures_.empty(), false);
  return true;
}

std::vector<actor_sink_line::failure> actor_sink_line::take_failures() {
  const std::lock_guard lock(mutex_);
  return std::exchange(failures_, {});
}

std::optional<actor_sink_line::departure> actor_sink_line::take_departure() {
  const std::lock_guard lock(mutex_);
  return std::exchange(departure_, std::nullopt);
}

caf::actor actor_sink_line::take_actor() noexcept {
  caf::actor taken;
  const std::lock_guard lock(mutex_);
  taken.swap(to_);
  return taken;
}

std::vector<message> actor_sink_line::take(listener which) {
  const std::lock_guard lock(mutex_);
  set_asleep(which, pending_.empty());
  return std::exchange(pending_, {});
}

void actor_sink_line::answered(std::size_t count) {
  held_lock lock(mutex_);
  unanswered_ -= std::min(count, unanswered_);
  leave(lock, unanswered_ <= wake_at_, false);
}

void actor_sink_line::failed(failure what) {
  held_lock lock(mutex_);
  if (over_)
    return;
  unanswered_ -= std::min(what.originals.size(), unanswered_);
  failures_.push_back(std::move(what));
  asleep_ = true;
  leave(lock, true, false);
}

void actor_sink_line::departed(departure how) {
  held_lock lock(mutex_);
  if (closed_)
    return;
  closed_ = true;
  departure_ = std::move(how);
  asleep_ = true;
  leave(lock, true, false);
}

bool actor_sink_line::over() const {
  const std::lock_guard lock(mutex_);
  return over_;
}

std::size_t actor_sink_line::give_up(held_lock& lock) noexcept {
  const auto left = std::exchange(unanswered_, 0);
  std::vector<message> dropped;
  dropped.swap(pending_);
  caf::actor gone;
  gone.swap(to_);
  lock.unlock();
  return left;
}

} // namespace sluice
