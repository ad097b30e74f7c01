#pragma once

#include <memory>
#include <utility>

namespace sluice {

/// What an inlet and an outlet are outside the flow: copies share one grip on the queue, and when the last of
/// them goes the queue is let go of (`Queue::let_go()`). Any thread.
template <class Queue>
class line_handle {
public:
  explicit line_handle(std::shared_ptr<Queue> queue)
      : grip_(std::make_shared<const grip>(std::move(queue))) {}

  Queue& queue() const noexcept { return *grip_->queue; }
  /// The queue without the grip: it may be let go of meanwhile.
  const std::shared_ptr<Queue>& shared_queue() const noexcept { return grip_->queue; }

private:
  struct grip {
    explicit grip(std::shared_ptr<Queue> held) : queue(std::move(held)) {}
    grip(const grip&) = delete;
    grip& operator=(const grip&) = delete;
    ~grip() { queue->let_go(); }
    std::shared_ptr<Queue> queue;
  };

  std::shared_ptr<const grip> grip_;
};

namespace detail {

/// Gets behind an inlet or an outlet, for what stands beside its handles.
struct line_access {
  template <class Handle>
  static const auto& queue_of(const Handle& of) noexcept {
    return of.line_.shared_queue();
  }
  template <class Handle, class Queue>
  static Handle make(std::shared_ptr<Queue> queue) {
    return Handle(std::move(queue));
  }
  /// Lets `line` hear of the end of the flow that `builder` starts.
  template <class Builder, class Line>
  static void tell_of_end(Builder& builder, std::shared_ptr<Line> line) {
    builder.tell_of_end(std::move(line));
  }
};

} // namespace detail

} // namespace sluice
