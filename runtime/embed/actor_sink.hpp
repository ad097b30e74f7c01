#pragma once

#include "model/node/node.hpp"
#include "model/node/wakeable.hpp"
#include "runtime/embed/actor_sink_line.hpp"

#include <caf/message.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace sluice::detail {

/// How messages of a flow become one message to an actor of the host. Called on a worker of the actor's
/// system.
struct actor_packing {
  /// Messages that go into one.
  std::size_t most = 1;
  /// Takes the payloads out; the envelopes stay.
  std::function<caf::message(std::span<message> all)> pack;
};

/// The sink behind `actor_sink`: defers its input while there is no credit, and ends when everything was
/// answered.
class actor_sink_node final : public node, public wakeable {
public:
  actor_sink_node(std::shared_ptr<actor_sink_line> line, actor_packing packing);

  void set_waker(node_waker waker) override { waker_ = std::move(waker); }
  void on_wake(node_context& context) override;
  bool holds_end() noexcept override { return line_->awaits_answers(); }

  void on_start(node_context& context) override;
  void on_message(node_context& context, std::size_t input, message& in) override;
  void on_end(node_context& context) override;
  void on_stop(node_context& context) override;

private:
  /// Lets the flow hear of what the actor did not take, and of the actor's end.
  void report(node_context& context);

  std::shared_ptr<actor_sink_line> line_;
  actor_packing packing_;
  node_waker waker_;
  bool attached_ = false;
  bool ended_ = false;
};

} // namespace sluice::detail
