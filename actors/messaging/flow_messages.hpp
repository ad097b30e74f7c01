#pragma once

#include "model/edge/edge_change.hpp"
#include "model/edge/policy.hpp"
#include "model/flow/flow_lifecycle.hpp"
#include "model/message/message_batch.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

/// Every message between the actors of one flow. All are local: they carry pointers and never cross a wire.
/// "urgent" ones are sent with high priority: the control plane, and credit, because it unblocks.
namespace sluice {

// -- edge → node, and node → itself

/// Lossless edge → consumer: messages to handle.
struct batch_arrived {
  std::size_t input;
  batch_pointer batch;
};
/// Lossy edge → consumer: its channel has something to take.
struct channel_ready {
  std::size_t input;
};
/// Urgent. Edge → producer: `count` more messages may come; `spare` is an emptied buffer or null.
struct credit_granted {
  std::size_t output;
  std::size_t count;
  batch_pointer spare;
};
/// Urgent. Edge → consumer, or facade → node (`from_edge` false).
struct control_arrived {
  std::size_t input;
  message control;
  bool from_edge;
};
/// Urgent. Edge → producer: a place of the control lane is free again.
struct control_credit {
  std::size_t output;
};
/// Urgent. Edge → producer: a message did not fit (`why` empty), or could not be merged.
struct message_refused {
  message refused;
  std::string why;
};
/// Urgent. Edge → producer: of the credit in its hands, `count` should come back, or what is left of it.
struct credit_recalled {
  std::size_t output;
  std::size_t count;
};
/// Urgent. Facade → node: the outside has something for it; sent only while it sleeps.
struct woken {};
/// Node → itself: go on with the next slice.
struct work_on {};
/// Urgent. A timer of the node is due.
struct timer_fired {
  std::uint8_t which;
  std::uint64_t generation;
};

// -- node → edge

/// Producer → edge.
struct batch_offered {
  batch_pointer batch;
};
/// Urgent. Consumer → lossless edge: `count` more messages were handed to the handler.
struct messages_taken {
  std::size_t count;
  batch_pointer spare;
};
/// Urgent. Producer → edge: so much of the recalled credit was still there, and is given back.
struct credit_returned {
  std::size_t count;
};
/// Urgent. Producer → edge: a control message.
struct control_offered {
  message control;
};
/// Urgent. Consumer → edge: one control message was handled.
struct control_taken {};

// -- supervisor → node and edge

enum class node_order : std::uint8_t { start, run, stop, pause, resume, end_feedback, abort, release };
/// Urgent.
struct node_command {
  node_order order;
};
enum class edge_order : std::uint8_t { start, abort, close };
/// `close` has normal priority: it must come after everything the producer has sent.
struct edge_command {
  edge_order order;
};
/// Supervisor → edge: its ends.
struct edge_ends {
  caf::actor producer;
  std::size_t output;
  caf::actor consumer;
  std::size_t input;
};
/// Supervisor → node or edge of cycle number `cycle`.
struct probe_request {
  std::size_t cycle;
  std::uint64_t round;
};
/// Urgent. Supervisor → edge. Whoever waits for it hears of it when the last `notice` is released: the change
/// is in force, or the flow has ended.
struct edge_changed {
  edge_change change;
  std::shared_ptr<const void> notice;
};
/// Urgent. Supervisor → consumer: what it has to know of the same change.
struct input_changed {
  std::size_t input;
  edge_change change;
};

// -- node and edge → supervisor

enum class node_event_kind : std::uint8_t {
  started,
  ended,
  failed,
  paused,
  waiting,
  closed,
  aborted,
  released
};
struct node_event {
  std::size_t node;
  node_event_kind kind;
  std::string text;
};
struct edge_closed {
  std::size_t edge;
};
struct probe_reply {
  std::size_t cycle;
  std::uint64_t round;
  cycle_probe seen;
};

// -- facade and timers → supervisor

enum class flow_order : std::uint8_t { start, stop, abort, pause, resume };
/// Urgent. `drain_ns` below zero: the flow's own timeout. `notice`: as in `edge_changed`.
struct flow_command {
  flow_order order;
  std::int64_t drain_ns;
  std::string reason;
  std::shared_ptr<const void> notice = {};
};
struct drain_deadline {
  std::uint64_t generation;
};
struct abort_deadline {
  std::uint64_t generation;
};
struct probe_later {
  std::size_t cycle;
};
/// Urgent. Facade → supervisor: changes edge number `edge`; `notice` as in `edge_changed`.
struct change_request {
  std::size_t edge;
  edge_change change;
  std::shared_ptr<const void> notice;
};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::batch_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::channel_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::credit_granted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::control_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::control_credit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::message_refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::work_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::woken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::timer_fired)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::batch_offered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::messages_taken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::control_offered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::control_taken)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::node_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::edge_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::edge_ends)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::probe_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::credit_recalled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::credit_returned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::edge_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::input_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::change_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::node_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::edge_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::probe_reply)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::flow_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::drain_deadline)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::abort_deadline)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::probe_later)
