#pragma once

#include "model/flow/flow_snapshot.hpp"
#include "model/graph/flow_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// What a lifecycle orders; the supervisor actor carries it out. Nodes and edges are indices into the plan.
class lifecycle_orders {
public:
  virtual void start_edges() = 0;
  virtual void start_node(std::size_t node) = 0;
  virtual void let_run(std::size_t node) = 0;
  virtual void stop_node(std::size_t node) = 0;
  /// A pause is answered by `on_paused`.
  virtual void pause_node(std::size_t node, bool paused) = 0;
  /// Every node has answered to the newest call of `pause`, which was the `pause`th, and none was told to go
  /// on since.
  virtual void stands_still(std::uint64_t pause) = 0;
  virtual void end_feedback(std::size_t node) = 0;
  virtual void abort_node(std::size_t node) = 0;
  virtual void abort_edge(std::size_t edge) = 0;
  virtual void release_node(std::size_t node) = 0;
  virtual void close_edge(std::size_t edge) = 0;
  /// Ask every node and edge of a cycle for its state, now or after a while; answers come by `on_probed`.
  virtual void probe_cycle(std::size_t cycle, bool later) = 0;
  virtual void arm_drain_deadline() = 0;
  virtual void arm_abort_deadline() = 0;
  /// Ends in `on_abort_deadline`, too. Edges have done their work by then: who is late is most likely
  /// starved.
  virtual void arm_close_deadline() = 0;
  virtual void status_changed(flow_status status) = 0;
  /// All is over, exactly once.
  virtual void finished() = 0;

protected:
  ~lifecycle_orders() = default;
};

/// One look at a cycle: everything in it idle, and how many messages had passed.
struct cycle_probe {
  bool quiet = true;
  std::uint64_t traffic = 0;
};

/// Decides a flow's start, end, failure, drain, abort and the end of its cycles. No thread, no clock: events
/// come in by `on_…`, orders go out. starting → running ⇄ paused → draining → finished, failed or aborted.
///
/// Nodes start in topological order, one by one, then all run. A flow finishes when all nodes have ended. An
/// abort tells everybody, waits for each node (until the abort deadline), lets them stop in topological
/// order, closes the edges and ends. A cycle ends when its other inputs have ended, its feedback consumers
/// say that they wait, and two looks in a row find it quiet with the same traffic (Mattern 1987: one look may
/// miss a message under way).
class flow_lifecycle {
public:
  flow_lifecycle(const flow_plan& plan, lifecycle_orders& orders);

  void start();
  void on_started(std::size_t node, const std::string& failure);
  void on_ended(std::size_t node);
  void on_failed(std::size_t node, std::string reason);
  /// An actor ended that should not have: it answers nothing any more, and the flow fails.
  void on_node_crashed(std::size_t node, std::string reason);
  void on_edge_crashed(std::size_t edge, std::string reason);
  /// A sink's outside was closed: sources stop and the other sinks get what is under way, as at a stop.
  void on_outside_closed();
  /// It handles no data until it is told to go on. Once per order to pause.
  void on_paused(std::size_t node);
  void on_waiting(std::size_t node);
  void on_probed(std::size_t cycle, const cycle_probe& seen);
  void on_aborted(std::size_t node);
  void on_released(std::size_t node);
  void on_edge_closed(std::size_t edge);

  /// Sources stop, edges drain. `new_deadline`: the drain deadline counts from now, also when one is set.
  void stop(bool new_deadline = false);
  void abort(std::string reason);
  void pause();
  void resume();
  void on_drain_deadline();
  void on_abort_deadline();

  flow_status status() const noexcept { return status_; }
  /// How it ends, valid from `finished()` on: `finished`, `failed` or `aborted`.
  flow_status outcome() const noexcept { return outcome_; }
  const std::string& reason() const noexcept { return reason_; }
  bool deadline_exceeded() const noexcept { return deadline_exceeded_; }
  /// Nodes that did not answer an abort in time.
  std::vector<std::size_t> stuck() const;
  /// Edges that did not close in time, valid from `finished()` on.
  std::vector<std::size_t> stuck_edges() const;

  /// Nodes of each cycle and the edges that end at them, for probes.
  struct cycle {
    std::vector<std::size_t> nodes;
    std::vector<std::size_t> edges;
  };
  const std::vector<cycle>& cycles() const noexcept { return cycles_; }

private:
  enum class node_phase : std::uint8_t { created, starting, started, running, ended };

  struct cycle_state {
    bool probing = false;
    bool over = false;
    bool seen_quiet = false;
    std::uint64_t traffic = 0;
  };

  void set_status(flow_status status);
  void start_next();
  void pause_nodes();
  void look_if_still();
  void begin_abort(flow_status outcome, std::string reason);
  void release_next();
  void close_edges();
  void count_closed(std::size_t edge);
  void finish();
  void look_at_cycles();
  bool ready_to_probe(std::size_t cycle) const;
  bool aborting() const noexcept { return aborting_; }

  const flow_plan* plan_;
  lifecycle_orders* orders_;
  flow_status status_ = flow_status::starting;
  flow_status outcome_ = flow_status::finished;
  std::string reason_;
  bool deadline_exceeded_ = false;
  bool stop_wanted_ = false;
  bool drain_armed_ = false;
  bool pause_wanted_ = false;
  std::uint64_t pauses_ = 0;
  bool aborting_ = false;
  bool closing_ = false;
  bool finished_ = false;
  std::vector<node_phase> phases_;
  std::vector<bool> waiting_;
  /// Orders to pause that a node has not answered yet.
  std::vector<unsigned> pauses_unanswered_;
  std::vector<bool> aborted_;
  std::vector<bool> crashed_;
  std::vector<bool> closed_edges_;
  std::size_t next_start_ = 0;
  std::size_t next_release_ = 0;
  std::size_t ended_ = 0;
  std::size_t abort_answers_ = 0;
  std::size_t edges_closed_ = 0;
  bool releasing_ = false;
  std::vector<cycle> cycles_;
  std::vector<cycle_state> cycle_states_;
};

} // namespace sluice
