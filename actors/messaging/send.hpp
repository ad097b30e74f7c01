#pragma once

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/make_message.hpp>
#include <caf/message_id.hpp>
#include <caf/send.hpp>

#include <utility>

/// All sends of ours go through here, so that priority and queue are chosen in one place.
namespace sluice {

namespace detail {

template <class Value>
void enqueue(const caf::actor& to, caf::message_priority priority, caf::execution_unit* host, Value&& value) {
  if (to)
    to->enqueue(nullptr, caf::make_message_id(priority), caf::make_message(std::forward<Value>(value)), host);
}

} // namespace detail

/// The data plane. `self` is the sending actor.
template <class Self, class Value>
void send_normal(Self* self, const caf::actor& to, Value&& value) {
  detail::enqueue(to, caf::message_priority::normal, self->context(), std::forward<Value>(value));
}

/// The control plane, and credit. Always through the scheduler's global queue: on a work-stealing scheduler
/// two actors that answer each other would otherwise hold a worker for ever (docs/decisions/0002).
template <class Value>
void send_urgent(const caf::actor& to, Value&& value) {
  detail::enqueue(to, caf::message_priority::high, nullptr, std::forward<Value>(value));
}

/// Normal priority from outside any actor.
template <class Value>
void send_outside(const caf::actor& to, Value&& value) {
  detail::enqueue(to, caf::message_priority::normal, nullptr, std::forward<Value>(value));
}

} // namespace sluice
