#pragma once

#include "actors/flow/control_places.hpp"
#include "metrics/edge_meter.hpp"
#include "metrics/node_meter.hpp"
#include "model/flow/flow_snapshot.hpp"
#include "model/graph/flow_plan.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace sluice {

/// What everybody may read of a running flow without asking an actor: its plan, status and meters. Shared by
/// the actors, which write, and the facade, which reads. Lives as long as either.
class flow_board {
public:
  explicit flow_board(std::shared_ptr<const flow_plan> plan);

  const flow_plan& plan() const noexcept { return *plan_; }
  edge_meter& edge(std::size_t index) noexcept { return edges_[index]; }
  /// The band that edge number `index` has now; its actor sets it.
  void set_band(std::size_t index, priority_band band) noexcept {
    bands_[index].store(band, std::memory_order_relaxed);
  }
  node_meter& node(std::size_t index) noexcept { return nodes_[index]; }
  void set_status(flow_status status) noexcept { status_.store(status, std::memory_order_release); }
  flow_status status() const noexcept { return status_.load(std::memory_order_acquire); }

  /// The flow was asked to stop or abort; nodes that wait inside a handler look at it.
  void set_stopping() noexcept { stopping_.store(true, std::memory_order_release); }
  bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }
  /// The flow is being aborted: nothing that a node still does can matter.
  void set_aborting() noexcept {
    aborting_.store(true, std::memory_order_release);
    set_stopping();
  }
  bool aborting() const noexcept { return aborting_.load(std::memory_order_acquire); }

  /// The places of control messages from outside at node number `index`.
  control_places& outside_control(std::size_t index) noexcept { return outside_control_[index]; }

  /// Returns all counters now. Any thread; no locks.
  flow_snapshot snapshot() const;
  /// Returns those of edge number `index`, likewise.
  edge_snapshot snapshot_of_edge(std::size_t index) const;

private:
  std::shared_ptr<const flow_plan> plan_;
  std::vector<edge_meter> edges_;
  std::vector<std::atomic<priority_band>> bands_;
  std::vector<node_meter> nodes_;
  std::vector<control_places> outside_control_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> aborting_{false};
  std::atomic<flow_status> status_{flow_status::starting};
};

} // namespace sluice
