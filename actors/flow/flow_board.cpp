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
      nodes_(plan_->nodes().size()),
      outside_control_(plan_->nodes().size()) {
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    edge_counters first;
    first.capacity = plan_->edges()[i].settings.capacity;
    edges_[i].publish(first);
  }
}

flow_snapshot flow_board::snapshot() const {
  flow_snapshot all;
  all.name = plan_->name();
  all.status = status_.load(std::memory_order_acquire);
  all.nodes.reserve(nodes_.size());
  all.edges.reserve(edges_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    all.nodes.push_back({plan_->nodes()[i].id, plan_->nodes()[i].type, nodes_[i].read(),
                         nodes_[i].control_latency(), nodes_[i].handler_time()});
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const auto& edge = plan_->edges()[i];
    all.edges.push_back({edge.id, plan_->nodes()[edge.from_node].id, plan_->nodes()[edge.to_node].id,
                         edge.settings.policy, edge.settings.band, edges_[i].read()});
    auto& now = all.edges.back().counters;
    if (const auto since = std::exchange(now.blocked_since_ns, 0); since != 0)
      now.blocked_ns += nanoseconds_since(since);
  }
  return all;
}

} // namespace sluice
