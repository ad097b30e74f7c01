#pragma once

#include "model/node/node.hpp"
#include "runtime/embed/line_handle.hpp"
#include "runtime/embed/outlet_queue.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sluice {

namespace detail {

/// The sink behind an outlet: while the queue is full it defers its input, so that no worker waits.
template <class T>
class outlet_node final : public node, public wakeable {
public:
  explicit outlet_node(std::shared_ptr<outlet_queue<T>> queue) : queue_(std::move(queue)) {}

  void set_waker(node_waker waker) override { waker_ = std::move(waker); }
  void on_start(node_context&) override {
    queue_->attach(std::move(waker_));
    attached_ = true;
  }
  void on_message(node_context& context, std::size_t, message& in) override {
    switch (queue_->offer(in)) {
    case outlet_queue<T>::verdict::taken:
      return;
    case outlet_queue<T>::verdict::full:
      context.defer();
      return;
    case outlet_queue<T>::verdict::gone:
      context.discard(1);
      report_gone(context);
      return;
    }
  }
  void on_wake(node_context& context) override {
    if (queue_->ended())
      report_gone(context);
    context.resume(0);
  }
  void on_end(node_context&) override { ended_ = true; }
  void on_stop(node_context& context) override {
    if (!std::exchange(attached_, false))
      return;
    // A restart is neither, also of a flow that was asked to stop: the fresh node goes on.
    if (ended_ || context.aborting())
      queue_->end();
    else
      queue_->detach();
  }

private:
  void report_gone(node_context& context) {
    context.fail(message(), "closed_pipe", "nobody holds the outlet '" + queue_->name() + "' any more");
  }

  std::shared_ptr<outlet_queue<T>> queue_;
  node_waker waker_;
  bool attached_ = false;
  bool ended_ = false;
};

} // namespace detail

/// Where threads outside a flow take messages from it. A handle: copies mean the same outlet. Any thread;
/// each message goes to one of those that pull. Made by `flow_builder::outlet`.
///
/// While the outlet is full its edge fills, and then the flow waits; no worker does. Nobody pulling and the
/// flow being stopped, the drain deadline ends it. When the last handle goes, the flow stops as if it had
/// been asked to, and what still comes to the outlet counts as discarded. Inside a handler of a node without
/// a thread of its own, `pull` with a timeout throws `error("would_block_worker")`.
template <class T>
class outlet {
public:
  /// What it gives the program.
  using value_type = T;

  /// Returns the oldest message's payload, or nothing when there is none now.
  std::optional<T> try_pull() const { return queue().pull({}); }
  /// The same, but waits for one at most `timeout`; returns nothing at once when the flow has ended and
  /// everything was pulled.
  std::optional<T> pull(std::chrono::nanoseconds timeout) const { return queue().pull(timeout); }
  /// Appends the oldest payloads, at most `most`, to `into`, after waiting for the first at most `timeout`.
  /// Returns how many there were.
  std::size_t pull(std::vector<T>& into, std::size_t most, std::chrono::nanoseconds timeout) const {
    return queue().pull(into, most, timeout);
  }

  /// True when the flow has ended and everything was pulled: nothing will ever come.
  bool ended() const { return queue().drained(); }
  /// Messages that can be pulled now; at most the capacity.
  std::size_t size() const { return queue().size(); }
  /// The most messages that wait in it.
  std::size_t capacity() const noexcept { return queue().capacity(); }

private:
  friend class flow_builder;
  friend struct detail::line_access;
  explicit outlet(std::shared_ptr<outlet_queue<T>> queue) : line_(std::move(queue)) {}

  outlet_queue<T>& queue() const noexcept { return line_.queue(); }

  line_handle<outlet_queue<T>> line_;
};

} // namespace sluice
