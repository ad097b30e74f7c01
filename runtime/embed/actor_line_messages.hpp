#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/local_actor.hpp>

namespace sluice {

/// Line → the actor that listens to it: look at it.
struct line_moved {};
/// Forwarder → itself: whoever gave those answers has not exited.
struct doubt_over {};
/// A feeder that has exited → the door it fed, behind all that it sent.
struct feeder_gone {};
/// Door → itself, when the inlet has ended: what came before this was refused.
struct door_shut {};

/// While one lives, what `self` sends goes through the scheduler's global queue: on a work-stealing scheduler
/// two actors that answer each other would otherwise hold a worker for ever (docs/decisions/0002).
class through_global_queue {
public:
  explicit through_global_queue(caf::local_actor& self) : self_(&self), before_(self.context()) {
    self.context(nullptr);
  }
  ~through_global_queue() { self_->context(before_); }
  through_global_queue(const through_global_queue&) = delete;
  through_global_queue& operator=(const through_global_queue&) = delete;

private:
  caf::local_actor* self_;
  caf::execution_unit* before_;
};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::line_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::doubt_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::feeder_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::door_shut)
