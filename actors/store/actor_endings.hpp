#pragma once

#include <caf/actor.hpp>

#include <chrono>
#include <memory>

namespace sluice {

/// Waits for actors to end. Any thread, but none inside an actor.
class actor_endings {
public:
  actor_endings();

  /// Adds one that is waited for; it may have ended already.
  void add(const caf::actor& who);
  /// Waits at most `time`. Returns whether all that were added have ended.
  bool wait_for(std::chrono::nanoseconds time) const;

private:
  struct shared;
  std::shared_ptr<shared> shared_;
};

} // namespace sluice
