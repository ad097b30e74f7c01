#pragma once

#include "model/graph/graph.hpp"
#include "model/graph/validation_report.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice {

namespace defaults {

/// Deepest nesting of subgraphs, the outermost graph not counted.
inline constexpr std::size_t graph_depth = 32;

/// Most nodes and subgraphs of a graph with all its subgraphs: thirty levels of two subgraphs each would be a
/// billion.
inline constexpr std::size_t graph_nodes = 1'000'000;

} // namespace defaults

namespace detail {

/// A node that will run, as opposed to one that stands for a subgraph.
struct flat_node {
  const node_declaration* declared = nullptr;
  /// The graph it was declared in; an index into `flat_graph::scopes`.
  std::size_t scope = 0;
  /// `outer/inner`.
  std::string id;
  /// `nodes.outer.graph.nodes.inner`.
  std::string path;
  /// At least one edge enters it.
  bool fed = false;
  /// A mistake reported elsewhere may be why a port of it is not connected: do not report that too.
  bool inputs_in_doubt = false;
  bool outputs_in_doubt = false;
};

/// What a name of a graph stands for.
struct scope_member {
  enum class kind { node, subgraph, broken };
  kind what = kind::broken;
  /// An index into `flat_graph::nodes` or `flat_graph::scopes`.
  std::size_t index = npos;
  /// Where it was declared.
  source_position position = {};
};

/// One graph at one place: the outermost, or one that a node stands for.
struct flat_scope {
  const graph* source = nullptr;
  /// The graph around it; npos for the outermost.
  std::size_t parent = npos;
  /// The node that stands for it; nullptr for the outermost.
  const node_declaration* owner = nullptr;
  /// That node's path; empty for the outermost.
  std::string owner_path;
  /// What goes before the ids of its nodes: `outer/`.
  std::string prefix;
  /// What goes before the paths of its members: `nodes.outer.graph.`.
  std::string path;
  /// Its nodes, those of its subgraphs included: `[first_node, end_node)` of `flat_graph::nodes`.
  std::size_t first_node = 0;
  std::size_t end_node = 0;
  std::unordered_map<std::string_view, scope_member> members;

  source_position position() const { return owner ? owner->position : source_position{}; }
};

/// A graph without subgraphs. Points into the graph it was made from, which must outlive it.
struct flat_graph {
  /// In the order of declaration; a subgraph's nodes stand where the subgraph stood.
  std::vector<flat_node> nodes;
  /// The outermost first, each before its subgraphs.
  std::vector<flat_scope> scopes;
};

/// Takes `source` and its subgraphs apart. Reports BAD_NAME, DUPLICATE_NODE, and BAD_VALUE for an empty
/// graph, a node that is nothing or two things at once, and subgraphs that are too deep, too many, or contain
/// themselves.
flat_graph flatten(const graph& source, validation_report& report);

} // namespace detail

} // namespace sluice
