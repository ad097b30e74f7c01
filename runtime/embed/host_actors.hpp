#pragma once

#include "model/message/payload_copies.hpp"
#include "runtime/embed/actor_sink.hpp"
#include "runtime/embed/flow_builder.hpp"
#include "runtime/embed/host_messages.hpp"
#include "runtime/embed/inlet_door.hpp"

#include <caf/actor.hpp>
#include <caf/make_message.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Actors of the host as ends of a flow (docs/embedding.md, "Host actors"). They may live in the system that
/// the flow's runtime uses or in another of the process; that system outlives the flow. Payloads cross as
/// CAF messages: a type that CAF does not know already is declared by the host, with an `inspect` function or
/// by `CAF_ALLOW_UNSAFE_MESSAGE_TYPE`.
namespace sluice {

namespace detail {

/// Names the payload in what the compiler says.
template <class Payload>
struct payload_of_actor_message {
  static_assert(caf::is_serializable_or_whitelisted<Payload>::value,
                "sluice: CAF cannot send this payload (see Payload); declare it with "
                "CAF_ALLOW_UNSAFE_MESSAGE_TYPE, or give it an inspect function");
  static_assert(payload_copies_v<Payload>,
                "sluice: a payload that is sent to an actor must be copyable (see Payload); wrap it in "
                "std::shared_ptr");
};

template <gives_messages From>
only_in_port<typename From::value_type> add_actor_sink(flow_builder& b, const From& from, std::string id,
                                                       caf::actor to, std::size_t credit,
                                                       actor_packing packing, edge_settings settings) {
  using carried = payload_of_output<From>;
  const only_in_port<carried> added(id);
  auto line = std::make_shared<actor_sink_line>(id, credit, std::move(to));
  line_access::tell_of_end(b, line);
  b.add(std::move(id),
        [line, packing = std::move(packing)] { return std::make_unique<actor_sink_node>(line, packing); },
        {specs_of(ports<port<"in", carried>>()), {}});
  b.connect(from, added, std::move(settings));
  return added;
}

} // namespace detail

/// Unanswered messages that an actor may have unless told otherwise.
inline constexpr std::size_t actor_credit = 64;

/// Adds a sink to `b` that sends each payload to `to`, as a request of its own: at most `credit` are without
/// an answer. A handler that returns answers; one that returns a `caf::response_promise` answers when it
/// likes. Returns the sink's input.
///
/// - An answer that is an error makes its message an error of the node (`actor_refused`).
/// - The node ends, and so the flow, when everything was answered; what is not answered by the drain deadline
///   counts as discarded.
/// - When `to` exits, the flow stops as if its reader had closed a pipe; if not by itself or by
///   `user_shutdown`, that is an error of the node, too (`actor_ended`): with `error_policy::fail` the flow
///   fails. What `to` had not answered counts as discarded.
///
/// `to` is kept alive until the flow has ended, or was never started and the builder is gone. Throws
/// `error("bad_value")` for the credit 0 and an invalid handle.
template <gives_messages From>
only_in_port<typename From::value_type> actor_sink(flow_builder& b, const From& from, std::string id,
                                                   caf::actor to, std::size_t credit = actor_credit,
                                                   edge_settings settings = {}) {
  using carried = detail::payload_of_output<From>;
  (void)detail::require_known_payload<carried>();
  (void)detail::payload_of_actor_message<carried>();
  detail::actor_packing packing{
      1, [](std::span<message> all) { return caf::make_message(all.front().take<carried>()); }};
  return detail::add_actor_sink(b, from, std::move(id), std::move(to), credit, std::move(packing),
                                std::move(settings));
}

/// The same, but `to` gets `std::vector<Payload>` of up to `most` messages: what waits when it is sent, so
/// that a flow that trickles is not held up. An error that answers a vector is one of each message in it.
template <gives_messages From>
only_in_port<typename From::value_type>
actor_batch_sink(flow_builder& b, const From& from, std::string id, caf::actor to,
                 std::size_t credit = defaults::edge_capacity, std::size_t most = actor_credit,
                 edge_settings settings = {}) {
  using carried = detail::payload_of_output<From>;
  (void)detail::require_known_payload<carried>();
  (void)detail::payload_of_actor_message<std::vector<carried>>();
  detail::actor_packing packing{std::max<std::size_t>(1, most), [](std::span<message> all) {
                                  std::vector<carried> payloads;
                                  payloads.reserve(all.size());
                                  for (auto& each : all)
                                    payloads.push_back(each.take<carried>());
                                  return caf::make_message(std::move(payloads));
                                }};
  return detail::add_actor_sink(b, from, std::move(id), std::move(to), credit, std::move(packing),
                                std::move(settings));
}

/// Spawns an actor in `system` that gives `to` what it is sent: a `T`, or a `std::vector<T>`. It answers with
/// `door_credit` as soon as there is room for another message, so a sender that waits for its answer before
/// it sends again is never refused; one that does not may send as many as the last answer said, and what is
/// beyond that and finds no room is answered by `door_refusal::full`. Several senders share the room. Use
/// `request`: an answer to a plain `send` comes as a message of its own, and anonymous ones cannot be
/// answered. `inlet::refused` counts the messages that were refused, whether anybody heard of it or not.
///
/// The actor exits when the inlet is closed (`inlet::close`, or its last handle gone: this actor is none) or
/// the flow is over; requests are then answered by `door_refusal::ended` or
/// `caf::sec::request_receiver_down`. When somebody ends it, the inlet closes. Threads may push into the
/// inlet as before, and an inlet may have several such actors.
template <class T>
caf::actor inlet_actor(caf::actor_system& system, const inlet<T>& to) {
  (void)detail::payload_of_actor_message<T>();
  return detail::spawn_door(system,
                            std::make_unique<detail::typed_door_inlet<T>>(detail::line_access::queue_of(to)));
}

/// Closes the inlet of `door`, an actor of `inlet_actor`, when `feeder` has exited, for whatever reason, and
/// the inlet has all that `feeder` sent to `door`: its source then ends. What others send to `door` after
/// that is refused. Keeps neither alive. Throws `error("bad_value")` for a handle without an actor.
void close_with(const caf::actor& door, const caf::actor& feeder);

/// Closes `which` when `feeder` has exited, likewise, for an actor that pushes into the inlet itself: what it
/// sent to an `inlet_actor` and that has not come there yet is refused.
template <class T>
void close_with(const inlet<T>& which, const caf::actor& feeder) {
  const auto& queue = detail::line_access::queue_of(which);
  detail::call_at_exit(feeder, "the inlet '" + queue->name() + "'", [weak = std::weak_ptr(queue)] {
    if (const auto there = weak.lock())
      there->close();
  });
}

/// Spawns an actor in `system` that exits when the flow has ended, for `monitor` and `link_to`: without an
/// error when it finished, else with `flow_failure`.
caf::actor flow_watcher(caf::actor_system& system, const flow& watched);

/// Sends `flow_over` to `listener` when the flow has ended, at once when it has. Does not keep `listener`
/// alive. Throws `error("bad_value")` for a handle without an actor.
void tell_when_ended(const flow& watched, const caf::actor& listener);

} // namespace sluice
