#pragma once

#include "model/message/payload_copies.hpp"
#include "model/node/node.hpp"
#include "runtime/embed/inlet_queue.hpp"
#include "runtime/embed/line_handle.hpp"
#include "runtime/embed/typed_port.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace sluice {

namespace detail {

/// The source behind an inlet: emits what was pushed, and sleeps while nothing is.
template <class T>
class inlet_node final : public node, public wakeable {
public:
  explicit inlet_node(std::shared_ptr<inlet_queue<T>> queue) : queue_(std::move(queue)) {}

  void set_waker(node_waker waker) override { waker_ = std::move(waker); }
  void on_start(node_context&) override {
    queue_->attach(std::move(waker_));
    attached_ = true;
  }
  produce_result produce(node_context& context, std::size_t room) override {
    const auto next = queue_->take(room);
    if (next.waited_for && !std::exchange(tick_asked_, true))
      context.request_tick(longest_patience);
    emit(context, next.values);
    if (next.over)
      return produce_result::done;
    return next.values.empty() ? produce_result::wait : produce_result::more;
  }
  void on_tick(node_context&) override {
    tick_asked_ = false;
    queue_->call_next();
  }
  void on_end(node_context& context) override {
    // Also when the flow was asked to stop: what was accepted by now is not lost.
    ended_ = true;
    queue_->close();
    for (auto next = queue_->take(everything); !next.values.empty(); next = queue_->take(everything))
      emit(context, next.values);
  }
  void on_stop(node_context& context) override {
    if (!std::exchange(attached_, false))
      return;
    // A restart is neither, also of a flow that was asked to stop: the fresh node goes on.
    if (ended_ || context.aborting())
      context.set_held(queue_->end());
    else
      queue_->detach();
  }

private:
  /// How long a pusher waits for half of the inlet to be free when there is some room.
  static constexpr std::chrono::milliseconds longest_patience{1};
  static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

  void emit(node_context& context, std::span<T> values) {
    std::size_t sent = 0;
    try {
      for (; sent < values.size(); ++sent)
        context.emit(0, std::move(values[sent]));
    } catch (...) {
      // The one that cannot be moved is an error of this node; those behind it come again.
      queue_->put_back(values.size() - sent - 1);
      throw;
    }
  }

  std::shared_ptr<inlet_queue<T>> queue_;
  node_waker waker_;
  bool attached_ = false;
  bool ended_ = false;
  bool tick_asked_ = false;
};

template <class T>
inline constexpr bool is_span = false;
template <class T, std::size_t Extent>
inline constexpr bool is_span<std::span<T, Extent>> = true;

/// A vector, an array or the like, of payloads `T`.
template <class Values, class T>
concept container_of = !is_span<std::remove_cvref_t<Values>> &&
                       std::is_convertible_v<const std::remove_cvref_t<Values>&, std::span<const T>>;

/// Returns a span of `values`: of const, so that they are copied, unless the caller has given them away.
template <class T, class Values>
auto span_of_given(Values&& values) {
  if constexpr (!std::is_lvalue_reference_v<Values> && std::is_convertible_v<Values&, std::span<T>>) {
    return std::span<T>(values);
  } else {
    static_assert(payload_copies_v<T>,
                  "sluice: these payloads cannot be copied; give them away by std::move or as a std::span");
    return std::span<const T>(values);
  }
}

} // namespace detail

/// Where threads outside a flow give it messages. A handle: copies mean the same inlet, and when the last one
/// goes the inlet closes. Any thread, also before the flow starts: what is accepted then waits for it. FIFO
/// per pushing thread. Made by `flow_builder::inlet`.
///
/// What was accepted reaches the flow's edges unless the flow is aborted or the drain deadline passes; then
/// it counts as discarded at the inlet's node. A flow that has ended refuses, and a thread that waits in
/// `push` then returns; while the flow is paused or nobody takes its messages, `push` waits until its
/// timeout. What it accepted before the start of a flow that fails before this inlet's node was started is
/// lost and in no counter.
///
/// Inside a handler of a node without a thread of its own, `push` with a timeout throws
/// `error("would_block_worker")`; `try_push` may be used anywhere. An actor of the program's own holds a
/// worker, too, but nothing tells it: it uses `try_push`, or `inlet_actor`.
template <class T>
class inlet {
  static_assert(!std::is_same_v<T, bool>,
                "sluice: an inlet of bool has no spans; use an enum or std::uint8_t");

public:
  /// What it gives the flow.
  using value_type = T;

  /// Gives `value` to the flow. Returns false, and leaves `value` as it was, when the inlet is full or has
  /// ended.
  bool try_push(T&& value) const { return push(std::move(value), {}) == push_result::accepted; }
  /// The same, with a copy.
  bool try_push(const T& value) const { return push(value, {}) == push_result::accepted; }

  /// Gives as many of `values`, from the front, as there is room for; returns how many. They are moved from;
  /// those of a span of const are copied.
  template <class Value, std::size_t Extent>
  requires std::is_same_v<std::remove_const_t<Value>, T> std::size_t try_push(std::span<Value, Extent> values)
  const { return queue().push(std::span<Value>(values), {}); }
  /// The same for a container: its payloads are copied, or moved when it is given by `std::move`.
  template <detail::container_of<T> Values>
  std::size_t try_push(Values&& values) const {
    return queue().push(detail::span_of_given<T>(std::forward<Values>(values)), {});
  }

  /// Gives `value` to the flow and waits for room at most `timeout`. `value` is left as it was unless it was
  /// accepted.
  push_result push(T&& value, std::chrono::nanoseconds timeout) const {
    return queue().push(std::move(value), timeout);
  }
  /// The same, with a copy.
  push_result push(const T& value, std::chrono::nanoseconds timeout) const {
    return queue().push(value, timeout);
  }
  /// Gives all of `values`, in order, waiting for room at most `timeout` in all; returns how many were taken.
  /// Other threads' messages may come between them.
  template <class Value, std::size_t Extent>
  requires std::is_same_v<std::remove_const_t<Value>, T> std::size_t push(std::span<Value, Extent> values,
                                                                          std::chrono::nanoseconds timeout)
  const { return queue().push(std::span<Value>(values), timeout); }
  /// The same for a container, as above.
  template <detail::container_of<T> Values>
  std::size_t push(Values&& values, std::chrono::nanoseconds timeout) const {
    return queue().push(detail::span_of_given<T>(std::forward<Values>(values)), timeout);
  }

  /// Refuses what comes from now on; the source ends when it has emitted what was accepted. Once is enough.
  void close() const { queue().close(); }
  /// True once it is closed or its flow has ended: nothing will be accepted any more.
  bool ended() const { return queue().ended(); }
  /// Messages that were accepted and that the flow's edges have not got yet; at most the capacity.
  std::size_t size() const { return queue().size(); }
  /// The most messages that wait in it.
  std::size_t capacity() const noexcept { return queue().capacity(); }
  /// Messages that actors before it (`inlet_actor`) were sent and did not get in: beyond the sender's credit,
  /// or too late. Of what threads push nothing is counted: they are told.
  std::uint64_t refused() const noexcept { return queue().refused(); }

  /// The output of its node.
  only_out_port<T> out() const { return only_out_port<T>(queue().name()); }

private:
  friend class flow_builder;
  friend struct detail::line_access;
  explicit inlet(std::shared_ptr<inlet_queue<T>> queue) : line_(std::move(queue)) {}

  inlet_queue<T>& queue() const noexcept { return line_.queue(); }

  line_handle<inlet_queue<T>> line_;
};

} // namespace sluice
