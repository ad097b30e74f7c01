#pragma once

#include "model/graph/flatten.hpp"
#include "model/graph/port_choice.hpp"

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::detail {

/// The node that an endpoint means, found through any number of subgraphs; its port is still a name.
struct port_reference {
  /// An index into `flat_graph::nodes`; npos: none, and that was reported.
  std::size_t node = npos;
  /// Empty: the only port not named `error`.
  std::string_view port = {};
  /// The exposure it was reached by, an index into `endpoints::exposures()`; npos: named directly.
  std::size_t exposure = npos;

  bool known() const noexcept { return node != npos; }
};

/// A port of an inner node as the graph around it exposes it. A port exposed once more by the graph around
/// that is still one exposure.
struct exposure {
  port_direction direction = port_direction::input;
  port_reference target;
  /// The place of the innermost declaration.
  std::string path;
  source_position position;
  /// The outermost graph that exposes it, and under which name.
  std::size_t outermost = 0;
  std::string_view name;
};

/// Finds the nodes that the endpoints of a graph mean. Node types are not needed yet, since they depend on
/// which nodes edges enter.
class endpoints {
public:
  /// Resolves the exposed ports of every graph: BAD_EXPOSE and BAD_NAME.
  endpoints(flat_graph& flat, validation_report& report);

  /// Where a reference stands, for findings.
  struct place {
    std::size_t scope = 0;
    std::string path = {};
    source_position position = {};
  };

  /// Returns what `wanted` means in graph `at.scope`. Reports UNKNOWN_NODE, and UNKNOWN_PORT for subgraphs.
  port_reference resolve(const endpoint& wanted, port_direction direction, const place& at);

  const std::vector<exposure>& exposures() const noexcept { return exposures_; }
  /// The exposures of one graph in one direction, by name, in the order of declaration.
  struct exposed {
    std::vector<std::pair<std::string_view, std::size_t>> in_order;
    std::unordered_map<std::string_view, std::size_t> by_name;
  };
  const exposed& of(std::size_t scope, port_direction direction) const noexcept {
    return tables_[scope][static_cast<std::size_t>(direction)];
  }

private:
  void expose(std::size_t scope, const exposed_port& declared, port_direction direction);
  /// Returns the exposure that `declared` stands for; npos after reporting it.
  std::size_t find_exposure(const exposed_port& declared, port_direction direction, const place& at);
  port_reference resolve_in_subgraph(std::size_t subgraph, const endpoint& wanted, port_direction direction,
                                     const char* code, const place& at);
  void report_unknown_node(const endpoint& wanted, port_direction direction, const char* code,
                           const place& at);
  port_choice choice_of(std::size_t subgraph, std::string_view id, port_direction direction) const;
  const std::vector<std::string>& names_of(std::size_t scope);

  flat_graph& flat_;
  validation_report& report_;
  std::vector<exposure> exposures_;
  std::vector<std::array<exposed, 2>> tables_;
  /// The node names of graphs in which one was unknown.
  std::unordered_map<std::size_t, std::vector<std::string>> names_;
};

} // namespace sluice::detail
