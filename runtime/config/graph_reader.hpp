#pragma once

#include "model/config/config_value.hpp"
#include "model/config/finding.hpp"
#include "model/graph/graph.hpp"
#include "runtime/config/graph_loader.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice {

class map_reader;

/// Turns the value tree of a graph file into a `graph`, following `graph: {file: …}`. One use per file tree;
/// thread: one.
class graph_reader {
public:
  /// Both must outlive the reader.
  graph_reader(const graph_input& input, findings& out) : input_(input), out_(out) {}

  /// Reads a whole file's tree; paths of findings begin with `prefix`.
  graph read(const config_value& root, const std::string& file, const std::string& prefix);

  /// True when an edge or a node was left out, so that what is missing around it says nothing.
  bool incomplete() const noexcept { return incomplete_; }
  /// Paths of nodes that could not be understood: what validation says about them is no news.
  const std::vector<std::string>& broken() const noexcept { return broken_; }
  /// For each graph, by the path of its `edges`, the item of the list that each of its edges stands in.
  const std::unordered_map<std::string, std::vector<std::size_t>>& edge_items() const noexcept {
    return edge_items_;
  }
  /// Node path and file of each included graph.
  const std::vector<std::pair<std::string, std::string>>& included() const noexcept { return included_; }

private:
  graph read_graph(const config_value& map, const std::string& file, const std::string& prefix, bool top);
  void read_version(map_reader& reader);
  void read_nodes(const config_value& nodes, const std::string& file, const std::string& prefix, graph& out);
  node_declaration read_node(const config_value::member& member, const std::string& file,
                             const std::string& path);
  void read_type(map_reader& reader, node_declaration& node);
  void read_inner(const config_value& inner, map_reader& reader, const std::string& file,
                  node_declaration& node);
  std::optional<graph> include(const config_value& reference, const std::string& file,
                               const std::string& path);
  std::optional<graph> read_included(const std::string& text, const std::string& file,
                                     const std::string& path);
  error_settings read_error_policy(map_reader& reader);
  std::vector<exposed_port> read_exposed(map_reader& reader, std::string_view name);
  void mark_broken(const std::string& path);
  void report(const char* code, const std::string& path, std::string text, source_position at);

  const graph_input& input_;
  findings& out_;
  bool incomplete_ = false;
  std::vector<std::string> broken_;
  std::unordered_map<std::string, std::vector<std::size_t>> edge_items_;
  std::vector<std::pair<std::string, std::string>> included_;
  /// The files being read, outermost first.
  std::vector<std::string> files_;
  std::size_t depth_ = 0;
};

} // namespace sluice
