// The part of node_core that takes turns: a slice serves inputs, an input's turn presents messages, and now
// and then somebody looks at the clock.

#include "actors/flow/node_core.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t longest_clock_interval = 63;

} // namespace

std::size_t node_core::run_inputs(std::chrono::nanoseconds begin) {
  slice_begin_ = last_look_ = begin;
  since_look_ = 0;
  std::size_t handled = 0;
  while (handled < defaults::batch_messages && can_work() && outputs_.has_room(context_)) {
    const auto input = inputs_.next();
    if (!input)
      break;
    const auto count = run_turn(*input, std::min(defaults::batch_messages - handled, inputs_.turn_left()));
    inputs_.served(count);
    handled += count;
    if (slice_is_over())
      break;
  }
  look_at_clock();
  return handled;
}

std::size_t node_core::run_turn(std::size_t input, std::size_t allowance) {
  const auto port = inputs_.port(input);
  const bool typed = !plan_->ports.inputs[port].type.is_any();
  const bool keeps_original = outputs_.has_edges(plan_->error_output());
  turn_ = {input, port, typed, keeps_original, !keeps_original && !closed_ && !inputs_.is_deferred(input)};
  deferred_now_ = false;
  interrupted_ = false;
  std::size_t handled = 0;
  while (handled < allowance && !interrupted_ && outputs_.has_room(context_)) {
    auto messages = inputs_.waiting(input);
    if (messages.empty())
      break;
    if (messages.size() > allowance - handled)
      messages = messages.first(allowance - handled);
    handled += run_batch(messages);
    if (slice_is_over())
      break;
  }
  context_.set_input_trace({});
  return handled;
}

std::size_t node_core::run_batch(std::span<message> messages) {
  std::size_t handled = 0;
  // Counted as often as the clock is read, the message at hand included: adding to the meter for each message
  // costs some per cent of a hop, because each addition waits for the store of the one before.
  std::size_t uncounted = 0;
  for (auto& head : messages) {
    if (turn_.plain && head.kind() != message_kind::error) {
      inputs_.mark_delivered(turn_.input);
      ++uncounted;
      if (since_look_ == 0)
        meter_->in.add(std::exchange(uncounted, 0));
      context_.set_input_trace(head.trace());
      guarded(&head, [&] { node_->on_message(context_, turn_.port, head); });
      if (!deferred_now_)
        inputs_.pop(turn_.input);
    } else {
      handle(head);
    }
    ++handled;
    if (++since_look_ > clock_interval_)
      look_at_clock();
    if (interrupted_ || slice_is_over() || !outputs_.has_room(context_))
      break;
  }
  if (uncounted > 0)
    meter_->in.add(uncounted);
  return handled;
}

void node_core::pause_source() {
  // Whatever is wrong is hardly better at once; a loop of failures would only keep a worker from others.
  const auto doubled = defaults::produce_pause * (std::int64_t{1} << std::min(produce_failures_++, 16U));
  source_waits_ = true;
  arm(node_timer::retry, std::min<std::chrono::nanoseconds>(doubled, defaults::produce_pause_limit));
}

void node_core::look_at_clock() {
  if (since_look_ == 0)
    return;
  const auto time = links_->now();
  const auto took = time - last_look_;
  last_look_ = time;
  note_stall(took);
  // Handlers of a microsecond and more are timed one by one; a clock costs as much as the shortest of them.
  const bool slow = took / static_cast<std::int64_t>(since_look_) > std::chrono::microseconds{1};
  clock_interval_ = slow ? clock_interval_ / 2 : std::min(longest_clock_interval, clock_interval_ * 2 + 1);
  since_look_ = 0;
}

void node_core::note_stall(std::chrono::nanoseconds took) {
  if (took <= defaults::stall)
    return;
  meter_->stalls.add(1);
  if (plan_->execution == execution_kind::cooperative)
    log(log_level::warning, "node_stalled",
        fmt::format("a handler took {} ms; make it shorter, or run the node with execution: blocking",
                    took / std::chrono::milliseconds{1}));
}

void node_core::handle(message& head) {
  const auto input = turn_.input;
  if (inputs_.is_deferred(input)) {
    inputs_.set_deferred(input, false);
  } else {
    inputs_.mark_delivered(input);
    meter_->in.add(1);
  }
  if (closed_) {
    meter_->discarded.add(1);
    inputs_.pop(input);
    return;
  }
  deferred_now_ = false;
  context_.set_input_trace(head.trace());
  if (head.kind() == message_kind::error && turn_.typed) {
    context_.emit(outputs_.pass_port(), std::move(head));
  } else if (turn_.keeps_original && (head.content().type() == nullptr || head.content().type()->copyable)) {
    const message original = head;
    guarded(&original, [&] { node_->on_message(context_, turn_.port, head); });
  } else {
    guarded(&head, [&] { node_->on_message(context_, turn_.port, head); });
  }
  if (!deferred_now_)
    inputs_.pop(input);
}

std::size_t node_core::run_source(std::chrono::nanoseconds begin) {
  const auto room = std::min(outputs_.room(), defaults::batch_messages);
  if (room == 0 || produced_all_ || source_waits_)
    return 0;
  bool returned = false;
  guarded(nullptr, [&] {
    const auto result = node_->produce(context_, room);
    produced_all_ = result == produce_result::done;
    source_waits_ = result == produce_result::wait;
    returned = true;
  });
  // One that sends something before it fails gets on.
  if (returned || context_.any_emitted())
    produce_failures_ = 0;
  else if (!restarting_ && !failed_)
    pause_source();
  last_look_ = begin;
  since_look_ = 1;
  look_at_clock();
  return 1;
}

} // namespace sluice
