#pragma once

#include "model/graph/port_usage.hpp"
#include "model/graph/resolve_edges.hpp"

#include <vector>

namespace sluice::detail {

/// An `errors` node whose input is known.
struct collector_input {
  std::size_t scope = 0;
  std::size_t node = 0;
  std::size_t port = 0;
};

/// Appends an edge `X.error->NODE.in` for each node X of the collector's graph, inner graphs included, whose
/// error port nothing is connected to. NODE itself and the nodes that its output reaches are left out: such
/// an edge would close a cycle. `collectors` must have inner graphs before outer ones: what the inner one
/// takes, the outer one does not get.
void collect_errors(const flat_graph& flat, const std::vector<node_draft>& nodes,
                    const std::vector<collector_input>& collectors, std::vector<edge_draft>& edges,
                    port_usage& usage);

} // namespace sluice::detail
