#pragma once

#include "model/message/message.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace sluice {

/// The node actors of one flow, for threads outside it: control and wakes go straight to their
/// node, so that they wait for no thread but the node's. Any thread.
class node_handles {
public:
  /// The nodes are there: hands on what came before, in order.
  void open(std::vector<caf::actor> nodes);
  /// They are no more; so that no handle of a flow that is over keeps its actors.
  void close() noexcept;

  /// Sends `control` to node number `node`, behind all that was sent before. Returns false after `close`.
  bool send_control(std::size_t node, message control);
  /// Wakes node number `node`. Nothing before `open`, when none can sleep yet, and after `close`.
  void wake(std::size_t node);
  /// Tells every node to abort, now and at `open`: for when the supervisor, who does so otherwise, is held
  /// up.
  void abort();

private:
  enum class phase { coming, there, gone };

  std::mutex mutex_;
  phase phase_ = phase::coming;
  bool aborted_ = false;
  std::vector<caf::actor> nodes_;
  std::vector<std::pair<std::size_t, message>> early_;
};

} // namespace sluice
