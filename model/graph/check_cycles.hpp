#pragma once

#include "model/graph/adjacency.hpp"
#include "model/graph/resolve_edges.hpp"

#include <vector>

namespace sluice::detail {

/// Reports DEADLOCK_CYCLE for a cycle without feedback edge and for a feedback edge that blocks, and
/// BAD_VALUE for a feedback edge that closes no cycle. `complete` is false when some edges could not be
/// resolved: then a feedback edge may seem to close no cycle.
void check_cycles(const std::vector<node_draft>& nodes, const std::vector<edge_draft>& edges,
                  const std::vector<edge_reference>& references, bool complete, validation_report& report);

/// Returns the edges as graph algorithms see them.
std::vector<adjacency::link> links_of(const std::vector<edge_draft>& edges);

} // namespace sluice::detail
