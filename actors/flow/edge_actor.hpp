#pragma once

#include "actors/flow/flow_board.hpp"
#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/flow_messages.hpp"
#include "model/edge/edge_core.hpp"

#include <memory>

namespace sluice {

/// One edge as an actor: turns messages into calls of `edge_core` and its answers into messages, and
/// publishes the counters before anybody can see their effect.
class edge_actor final : public flow_actor, private edge_links {
public:
  edge_actor(caf::actor_config& config, std::shared_ptr<flow_board> board, std::size_t index,
             caf::actor supervisor, std::shared_ptr<lossy_channel> channel);

  const char* name() const override { return "sluice.edge"; }

private:
  caf::behavior make_behavior() override;
  void on_exit() override;

  void deliver(batch_pointer batch) override;
  void announce() override;
  void grant(std::size_t count, batch_pointer spare) override;
  void refuse(message refused, std::string_view why) override;

  void publish();
  void obey(edge_order order);
  void change(edge_changed& changed);
  std::uint64_t delivered() const { return meter_->read_delivered(); }

  std::shared_ptr<flow_board> board_;
  std::size_t index_;
  edge_meter* meter_;
  caf::actor supervisor_;
  edge_ends ends_ = {};
  edge_core core_;
  std::uint64_t control_in_transit_ = 0;
};

} // namespace sluice
