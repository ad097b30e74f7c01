#include "actors/flow/flow_board.hpp"

namespace sluice {

flow_board::flow_board(std::shared_ptr<const flow_plan> plan)
    : plan_(std::move(plan)), edges_(plan_->edges().size()), nodes_(plan_->nodes().size()) {
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
  }
  return all;
}

} // namespace sluice
