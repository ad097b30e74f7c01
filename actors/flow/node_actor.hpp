#pragma once

#include "actors/flow/flow_board.hpp"
#include "actors/flow/node_core.hpp"
#include "actors/flow/node_handles.hpp"
#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/flow_messages.hpp"
#include "model/base/log.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace sluice {

/// What a node actor is made from. Edge actors in the order of `planned_node::inputs` and `outputs`.
struct node_parts {
  std::shared_ptr<flow_board> board;
  std::size_t index = 0;
  std::uint64_t source_id = 0;
  caf::actor supervisor;
  std::vector<caf::actor> input_edges;
  std::vector<std::shared_ptr<lossy_channel>> input_channels;
  std::vector<caf::actor> output_edges;
  log_sink log;
  /// Through which the outside wakes this node.
  std::shared_ptr<node_handles> handles = {};
};

/// One node as an actor: turns messages into calls of `node_core` and its answers into messages.
class node_actor final : public flow_actor, private node_links {
public:
  node_actor(caf::actor_config& config, node_parts parts);

  const char* name() const override { return "sluice.node"; }

  caf::resumable::resume_result resume(caf::execution_unit* host, std::size_t throughput) override;

private:
  caf::behavior make_behavior() override;
  void on_exit() override;
  void obey(node_order order);
  void work();
  /// Works now, unless a slice is already on its way through the mailbox.
  void work_soon();
  /// With several inputs: works when all that is in the mailbox now has come in, so that bands decide what is
  /// first and not the order of arrival.
  void work_on_arrival();
  /// Asks for a slice, behind what is in the mailbox.
  void work_later();
  void tell(node_event_kind kind, std::string text = {});

  void send_batch(std::size_t output, batch_pointer batch) override;
  void send_taken(std::size_t input, std::size_t count, batch_pointer spare) override;
  void send_control(std::size_t output, message control) override;
  void return_control_credit(std::size_t input) override;
  void return_control_place() override { parts_.board->outside_control(parts_.index).give_back(); }
  bool close_control_places() override { return parts_.board->outside_control(parts_.index).close(); }
  void schedule(node_timer which, std::chrono::nanoseconds after, std::uint64_t generation) override;
  void report_ended() override { tell(node_event_kind::ended); }
  void report_failed(std::string reason) override { tell(node_event_kind::failed, std::move(reason)); }
  void report_waiting() override { tell(node_event_kind::waiting); }
  void report_closed() override { tell(node_event_kind::closed); }
  node_waker waker() override;
  void log(log_level level, std::string_view event, std::string_view text) override;
  bool stopping() const noexcept override { return parts_.board->stopping(); }
  bool aborting() const noexcept override { return parts_.board->aborting(); }
  std::chrono::nanoseconds now() const override;
  std::chrono::nanoseconds wall_time() const override;

  node_parts parts_;
  const bool cooperative_;
  /// Nothing once this actor has ended.
  std::optional<node_core> core_;
  bool work_pending_ = false;
};

} // namespace sluice
