#pragma once

#include "actors/flow/flow_board.hpp"
#include "actors/flow/node_handles.hpp"
#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/flow_messages.hpp"
#include "model/base/log.hpp"
#include "model/flow/flow_lifecycle.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// How a flow ended, as the supervisor sees it; the counters are on the board.
struct flow_ending {
  flow_status outcome = flow_status::finished;
  std::string reason;
  bool deadline_exceeded = false;
  std::vector<std::string> stuck;
  /// Edges whose function did not return in time.
  std::vector<std::string> stuck_edges = {};
};

struct supervisor_parts {
  std::shared_ptr<flow_board> board;
  /// Opened when the nodes are there, closed when they go.
  std::shared_ptr<node_handles> handles;
  /// First half of the trace ids of this flow's sources is derived from it.
  std::uint64_t seed = 0;
  std::chrono::nanoseconds drain_timeout{};
  std::chrono::nanoseconds abort_timeout{};
  log_sink log;
  /// Called once, on the supervisor's thread, when all is over, and then let go. Must not throw.
  std::function<void(flow_ending)> ended;
  /// See `flow_options`; none: nobody asks. Called on the supervisor's thread.
  std::function<void(std::uint64_t pause)> stands_still = {};
};

/// Owns the node and edge actors of one flow: spawns them, carries out what `flow_lifecycle` decides, and
/// stops them.
class flow_supervisor final : public flow_actor, private lifecycle_orders {
public:
  flow_supervisor(caf::actor_config& config, supervisor_parts parts);

  const char* name() const override { return "sluice.flow"; }

private:
  caf::behavior make_behavior() override;
  void on_exit() override;
  void spawn_all();
  void end_actors();
  /// Only the first end counts.
  void tell_ended(flow_ending ending);
  void obey(const flow_command& command);
  void hear(node_event& event);
  void on_probe_reply(const probe_reply& reply);
  void command(std::size_t node, node_order order);
  void change_edge(change_request& request);
  void crashed(const caf::down_msg& down);

  void start_edges() override;
  void start_node(std::size_t node) override { command(node, node_order::start); }
  void let_run(std::size_t node) override { command(node, node_order::run); }
  void stop_node(std::size_t node) override;
  void pause_node(std::size_t node, bool paused) override {
    command(node, paused ? node_order::pause : node_order::resume);
  }
  void stands_still(std::uint64_t pause) override {
    if (parts_.stands_still)
      parts_.stands_still(pause);
  }
  void end_feedback(std::size_t node) override { command(node, node_order::end_feedback); }
  void abort_node(std::size_t node) override;
  void abort_edge(std::size_t edge) override;
  void release_node(std::size_t node) override { command(node, node_order::release); }
  void close_edge(std::size_t edge) override;
  void probe_cycle(std::size_t cycle, bool later) override;
  void arm_drain_deadline() override;
  void arm_abort_deadline() override;
  void arm_close_deadline() override;
  void status_changed(flow_status status) override;
  void finished() override;

  /// A round of questions to the members of one cycle.
  struct probe_round {
    std::uint64_t number = 0;
    std::size_t missing = 0;
    cycle_probe seen = {};
  };

  supervisor_parts parts_;
  flow_lifecycle lifecycle_;
  std::vector<caf::actor> nodes_;
  std::vector<caf::actor> edges_;
  std::vector<probe_round> probes_;
  std::uint64_t drain_generation_ = 0;
  std::uint64_t abort_generation_ = 0;
};

} // namespace sluice
