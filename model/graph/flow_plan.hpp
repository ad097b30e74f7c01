#pragma once

#include "model/config/finding.hpp"
#include "model/graph/graph.hpp"
#include "model/node/node_catalog.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A node ready to be made. Its outputs are those of its type and then `error`; nodes of subgraphs are called
/// `outer/inner`.
struct planned_node {
  /// Unique in the plan.
  std::string id;
  /// The name of its type; `c++` for nodes of the program's own.
  std::string type;
  /// Those of its type, for its options.
  node_ports ports;
  /// How its handlers run.
  execution_kind execution = execution_kind::cooperative;
  /// That of its type; C++ nodes are the program's own and are not asked.
  node_reach reach = node_reach::nothing;
  /// What it does after an error.
  error_settings on_error;
  /// Makes a fresh node, for each start and restart. Any thread.
  std::function<std::unique_ptr<node>()> make;
  /// Edges, as indices into `flow_plan::edges()`.
  std::vector<std::size_t> inputs;
  /// See `inputs`.
  std::vector<std::size_t> outputs;

  /// True when nothing can come to it.
  bool is_source() const noexcept { return ports.inputs.empty(); }
  /// The index of the `error` output.
  std::size_t error_output() const noexcept { return ports.outputs.size(); }
};

/// An edge between two planned nodes.
struct planned_edge {
  /// `from.port->to.port`.
  std::string id;
  /// The producer, as an index into `flow_plan::nodes()`.
  std::size_t from_node = 0;
  /// Which of its outputs.
  std::size_t from_port = 0;
  /// The consumer, likewise.
  std::size_t to_node = 0;
  /// Which of its inputs.
  std::size_t to_port = 0;
  /// All that it does.
  edge_settings settings;
};

/// A port of a planned node that the graph exposes to whoever embeds it; nothing in the graph need be
/// connected to it.
struct planned_port {
  /// What the outside calls it.
  std::string name;
  /// The inner node, as an index into `flow_plan::nodes()`.
  std::size_t node = 0;
  /// Which of its ports on that side.
  std::size_t port = 0;
};

struct validation;
class flow_plan;

/// Returns the index of the node or edge called `id`. Throws `error("unknown_node")` or
/// `error("unknown_edge")` with the nearest there is.
std::size_t require_node(const flow_plan& plan, std::string_view id);
/// The same for an edge.
std::size_t require_edge(const flow_plan& plan, std::string_view id);

/// A graph that passed validation, without subgraphs: the only thing a flow starts from. Immutable.
class flow_plan {
public:
  /// The name of the graph.
  const std::string& name() const noexcept { return name_; }
  /// All nodes, those of subgraphs included.
  const std::vector<planned_node>& nodes() const noexcept { return nodes_; }
  /// All edges, those for errors included.
  const std::vector<planned_edge>& edges() const noexcept { return edges_; }
  /// Node indices such that every edge but feedback ones goes forward; ties in the order of declaration.
  const std::vector<std::size_t>& order() const noexcept { return order_; }
  /// The exposed ports of the outermost graph, in the order of declaration.
  const std::vector<planned_port>& inputs() const noexcept { return inputs_; }
  /// See `inputs`.
  const std::vector<planned_port>& outputs() const noexcept { return outputs_; }

private:
  friend class plan_builder;
  flow_plan() = default;

  std::string name_;
  std::vector<planned_node> nodes_;
  std::vector<planned_edge> edges_;
  std::vector<std::size_t> order_;
  std::vector<planned_port> inputs_;
  std::vector<planned_port> outputs_;
};

/// All findings, and a plan when none of them is an error.
struct validation {
  /// In the order of the file.
  findings found;
  /// Null when a finding is an error.
  std::shared_ptr<const flow_plan> plan;
};

/// Checks `source` against the types of `catalog` and reports everything that is wrong with it at once, in
/// the order of the file. Paths are those of the configuration: `nodes.parse.type`, `edges[2].from`,
/// `errors`, `inputs.in`; inside a subgraph they go on after `.graph`: `nodes.clean.graph.nodes.parse.type`.
///
/// Each node is made once and thrown away, so that its options are known to work; nothing is opened.
/// The graph's `errors` node gets an edge `X.error->NODE.in` from every error port that nothing else takes,
/// those of subgraphs included, but not from itself and the nodes that its output reaches: that would close a
/// cycle. Throws `internal_error` when a node type breaks its contract. Any thread.
validation validate(const graph& source, const node_catalog& catalog);

} // namespace sluice
