#pragma once

#include "model/graph/flow_plan.hpp"

#include <cstddef>
#include <vector>

namespace sluice {

/// Returns for each node the number of its strongly connected component (feedback edges included), and how
/// many there are.
struct component_map {
  std::vector<std::size_t> of_node;
  std::size_t count = 0;
};

/// Tarjan 1972, iterative: graphs may be long chains.
component_map find_components(const std::vector<planned_node>& nodes, const std::vector<planned_edge>& edges);

} // namespace sluice
