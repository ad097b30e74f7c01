#pragma once

#include "model/run/event_page.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

/// Every message between the event bus and its subscribers. All are local. "urgent" ones are sent with high
/// priority.
namespace sluice {

/// Subscriber → bus: it wants every event with an id above `since`, of `run` or of all. Replaces its former
/// subscription. It unsubscribes before it ends.
struct subscribe_events {
  caf::actor who;
  std::int64_t since;
  std::optional<uuid> run;
};
/// Subscriber → bus; answered by `events_ended`.
struct unsubscribe_events {
  caf::actor who;
};
/// Bus → subscriber: its next events, in order; never none. To be answered by `events_taken`, or no more
/// come.
struct next_events {
  std::vector<run_event> events;
};
/// Subscriber → bus: it is done with so many.
struct events_taken {
  caf::actor who;
  std::size_t count;
};
/// Bus → subscriber: nothing more comes.
struct events_ended {};

/// Owner → bus: it tells its subscribers `events_ended` and ends.
struct stop_event_bus {};
/// A page of history, on the reader's thread → bus.
struct events_read {
  caf::actor who;
  /// Which of its subscriptions asked.
  std::uint64_t subscription;
  std::shared_ptr<event_page> page;
  std::exception_ptr failure;
};
/// Bus → itself: history that could not be read is tried again.
struct read_again {};

/// Urgent. Owner → an actor that calls a function with events: it ends.
struct stop_listening {};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::subscribe_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::unsubscribe_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::next_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::events_taken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::events_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::stop_event_bus)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::events_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::read_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::stop_listening)
