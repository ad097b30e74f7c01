#pragma once

#include "model/node/node_context.hpp"

#include <functional>

namespace sluice {

/// Wakes one node of a running flow. Any thread; takes one short lock, and does nothing when the flow is
/// over. Each call is a message to the node: call it when the node sleeps, not for each piece of work.
using node_waker = std::function<void()>;

/// What a class implements besides `node` when threads outside its flow have something for it. A source whose
/// `produce` returned `wait` is asked again once it is woken.
class wakeable {
public:
  /// Before `on_start` of each fresh node. Empty where nobody can wake it.
  virtual void set_waker(node_waker waker) = 0;

  /// The waker was called, at least once since the last time. A handler like the others of `node`: an input
  /// that waits for the outside is resumed here. Not after `on_end`.
  virtual void on_wake(node_context&) {}

  /// Asked when everything before this node has ended: true while something that it gave away must come back
  /// before it ends. It wakes itself then, and is asked again. An abort, and so the drain deadline, does not
  /// wait.
  virtual bool holds_end() noexcept { return false; }

protected:
  ~wakeable() = default;
};

} // namespace sluice
