#pragma once

#include "model/graph/endpoints.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/graph/node_planner.hpp"
#include "model/graph/port_usage.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sluice::detail {

/// An edge of some graph, the nodes it joins, and where it was declared.
struct edge_reference {
  std::size_t scope = 0;
  const edge_declaration* declared = nullptr;
  /// `edges[2]`, or `nodes.sub.graph.edges[2]`.
  std::string path;
  port_reference from;
  port_reference to;
};

/// Returns every edge of every graph, and marks the nodes they enter as fed. Reports UNKNOWN_NODE, and
/// UNKNOWN_PORT for subgraphs.
std::vector<edge_reference> find_edges(flat_graph& flat, endpoints& ends);

/// An edge between two known ports; `origin` is an index into the edge references, npos for an edge nobody
/// wrote.
struct edge_draft {
  planned_edge edge;
  std::size_t origin = npos;
};

/// The node that collects the unwired errors of one graph.
struct error_collector {
  std::size_t scope = 0;
  port_reference target;
};

/// Returns where graph `scope` names its `errors` node.
endpoints::place errors_place(const flat_graph& flat, std::size_t scope);

/// Returns the `errors` nodes, of inner graphs first, and marks them as fed. Reports UNKNOWN_NODE and
/// UNKNOWN_PORT.
std::vector<error_collector> find_collectors(flat_graph& flat, endpoints& ends);

/// Matches references with the ports of planned nodes.
class edge_resolver {
public:
  edge_resolver(flat_graph& flat, const endpoints& ends, const std::vector<node_draft>& nodes,
                port_usage& usage, validation_report& report);

  /// Returns the edges whose two ends are known. Reports UNKNOWN_PORT, DUPLICATE_EDGE and TYPE_MISMATCH.
  std::vector<edge_draft> resolve(const std::vector<edge_reference>& edges);

  /// Returns the port that `wanted` means; npos when there is none, and that was reported at `at`.
  std::size_t port_of(const port_reference& wanted, port_direction direction, std::string_view node_name,
                      const endpoints::place& at);

  /// Returns whether both ends of every edge that was resolved are known.
  bool complete() const noexcept { return complete_; }

  /// The ports that the outermost graph exposes.
  std::vector<planned_port> exposed(port_direction direction) const;

private:
  /// Finds the ports of all exposures: BAD_EXPOSE.
  void resolve_exposures();
  void check_types(const edge_draft& draft, const edge_reference& declared);
  /// Whether the function that merges or names keys takes what the edge carries.
  void check_function(const planned_edge& edge, const port_type& carried, const edge_reference& declared);
  void doubt(std::size_t node, port_direction direction);

  flat_graph& flat_;
  const endpoints& ends_;
  const std::vector<node_draft>& nodes_;
  port_usage& usage_;
  validation_report& report_;
  /// The port of each exposure; npos when it has none.
  std::vector<std::size_t> exposed_ports_;
  bool complete_ = true;
};

/// Returns `from.port->to.port`.
std::string edge_id(const planned_edge& edge, const std::vector<node_draft>& nodes);

} // namespace sluice::detail
