#pragma once

#include "model/graph/adjacency.hpp"

#include <cstddef>
#include <vector>

namespace sluice::detail {

/// A cycle of edges none of which is a feedback edge.
struct cycle {
  /// In the order of the edges; the last edge leads back to the first node.
  std::vector<std::size_t> nodes;
  /// The edge from the last node to the first.
  std::size_t closing_edge = 0;
  /// How many nodes it has; `nodes` names at most `named_cycle_nodes` of them, the first ones and the last.
  std::size_t length = 0;
};

/// Longest cycle that is named in full.
inline constexpr std::size_t named_cycle_nodes = 20;

/// Returns one cycle for each edge that a depth-first search, from nodes in the order of declaration, finds
/// to lead back: without those edges there is no cycle. Feedback edges are ignored. O(nodes + edges), no
/// recursion.
std::vector<cycle> find_cycles(std::size_t nodes, const std::vector<adjacency::link>& links);

/// Returns for each node the number of its strongly connected component, feedback edges included: an edge
/// lies on a cycle when both its ends have the same number. Tarjan 1972, without recursion.
std::vector<std::size_t> find_components(std::size_t nodes, const std::vector<adjacency::link>& links);

/// Returns the nodes such that every edge but feedback ones goes forward, the smaller index first where there
/// is a choice. Nodes on or behind a cycle are left out. Kahn 1962, with a heap.
std::vector<std::size_t> topological_order(std::size_t nodes, const std::vector<adjacency::link>& links);

} // namespace sluice::detail
