#pragma once

#include "actors/rules/keeper_ticket.hpp"
#include "actors/store/actor_endings.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <mutex>

namespace sluice {

/// The way to a keeper of rules, as long as it has not been told to stop. Any thread.
class keeper_line {
public:
  explicit keeper_line(caf::actor keeper);

  /// `what` runs on the keeper's thread; on this one, with nullptr, when the keeper was stopped.
  void send(keeper_ticket::work what);
  /// Tells the keeper to end, and lets go of it. Does not wait.
  void stop();
  bool is_stopped() const;
  /// Waits at most `time`; returns whether the keeper, its thread included, has ended.
  bool wait_until_ended(std::chrono::nanoseconds time) const { return ending_.wait_for(time); }

private:
  mutable std::mutex mutex_;
  caf::actor keeper_;
  actor_endings ending_;
};

} // namespace sluice
