#include "actors/flow/flow_board.hpp"

#include <chrono>
#include <utility>

namespace sluice {

namespace {

/// The actors' clock is the steady one.
std::uint64_t nanoseconds_since(std::uint64_t past) {
  const auto now = static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
  return now > past ? now - past : 0;
}

} // namespace

flow_board::flow_board(std::shared_ptr<const flow_plan> plan)
    : plan_(std::move(plan)),
      edges_(plan_->edges().size()),
      bands_(plan_->edges().size()),
      nodes_(plan_->nodes().size()),
      outside_control_(plan_->nodes().size()) {
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    edge_counters first;
    first.capacity = plan_->edges()[i].settings.capacity;
    edges_[i].publish(first);
    set_band(i, plan_->edges()[i].settings.band);
  }
}

flow_snapshot flow_board::snapshot() const {
  flow_snapshot all;
  all.name = plan_->name();
  all.status = status();
  all.nodes.reserve(nodes_.size());
  all.edges.reserve(edges_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    all.nodes.push_back({plan_->nodes()[i].id, plan_->nodes()[i].type, nodes_[i].read(),
                         nodes_[i].control_latency(), nodes_[i].handler_time(),
                         nodes_[i].status.load(std::memory_order_relaxed)});
  for (std::size_t i = 0; i < edges_.size(); ++i)
    all.edges.push_back(snapshot_of_edge(i));
  return all;
}

edge_snapshot flow_board::snapshot_of_edge(std::size_t index) const {
  const auto& edge = plan_->edges()[index];
  edge_snapshot one{edge.id,
                    plan_->nodes()[edge.from_node].id,
                    plan_->nodes()[edge.to_node].id,
                    edge.settings.policy,
                    bands_[index].load(std::memory_order_relaxed),
                    edges_[index].read()};
  auto& now = one.counters;
  if (const auto since = std::exchange(now.blocked_since_ns, 0); since != 0)
    now.blocked_ns += nanoseconds_since(since);
  return one;
}

} // namespace sluice
