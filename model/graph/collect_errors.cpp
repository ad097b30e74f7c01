#include "model/graph/collect_errors.hpp"

namespace sluice::detail {

namespace {

/// Answers which nodes a node reaches, in a graph that grows.
class reachability {
public:
  explicit reachability(std::size_t nodes) : last_edge_(nodes, npos), reached_in_(nodes) {}

  void add(const planned_edge& edge) {
    links_.push_back({edge.to_node, last_edge_[edge.from_node]});
    last_edge_[edge.from_node] = links_.size() - 1;
  }

  /// Starts the answers of `reaches`: ways along any edges, feedback ones too, from `start`.
  void search(std::size_t start) {
    reached_in_[start] = ++searches_;
    open_.push_back(start);
    while (!open_.empty()) {
      const auto node = open_.back();
      open_.pop_back();
      for (auto edge = last_edge_[node]; edge != npos; edge = links_[edge].before) {
        const auto to = links_[edge].to;
        if (reached_in_[to] != searches_)
          open_.push_back(to);
        reached_in_[to] = searches_;
      }
    }
  }

  /// Returns whether the last `search` came to `node`; it did to its own start.
  bool reaches(std::size_t node) const { return reached_in_[node] == searches_; }

private:
  struct link {
    std::size_t to;
    /// The edge of the same node that was added before.
    std::size_t before;
  };

  std::vector<link> links_;
  std::vector<std::size_t> last_edge_;
  /// The number of the last search that came to a node; counting saves clearing it.
  std::vector<std::size_t> reached_in_;
  std::vector<std::size_t> open_;
  std::size_t searches_ = 0;
};

edge_draft error_edge(std::size_t from, const collector_input& collector,
                      const std::vector<node_draft>& nodes) {
  edge_draft draft;
  draft.edge.from_node = from;
  draft.edge.from_port = nodes[from].node.error_output();
  draft.edge.to_node = collector.node;
  draft.edge.to_port = collector.port;
  draft.edge.id = edge_id(draft.edge, nodes);
  return draft;
}

} // namespace

void collect_errors(const flat_graph& flat, const std::vector<node_draft>& nodes,
                    const std::vector<collector_input>& collectors, std::vector<edge_draft>& edges,
                    port_usage& usage) {
  reachability ways(nodes.size());
  for (const auto& draft : edges)
    ways.add(draft.edge);
  for (const auto& collector : collectors) {
    const auto& around = flat.scopes[collector.scope];
    ways.search(collector.node);
    for (auto node = around.first_node; node < around.end_node; ++node) {
      const auto port = nodes[node].node.error_output();
      if (ways.reaches(node) || !nodes[node].ports_known || usage.used(port_direction::output, node, port))
        continue;
      usage.mark(port_direction::output, node, port);
      usage.mark(port_direction::input, collector.node, collector.port);
      edges.push_back(error_edge(node, collector, nodes));
      ways.add(edges.back().edge);
    }
  }
}

} // namespace sluice::detail
