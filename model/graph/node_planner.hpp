#pragma once

#include "model/graph/flatten.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/graph/port_choice.hpp"
#include "model/node/node_catalog.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice {
class option_mistakes;
}

namespace sluice::detail {

/// A node as far as its declaration allows to plan it.
struct node_draft {
  planned_node node;
  /// False when a mistake hides which ports it has; nothing is then said about them.
  bool ports_known = false;
  /// Ports by name; `error` is the last output. The names belong to `node.ports`.
  std::unordered_map<std::string_view, std::size_t> inputs;
  std::unordered_map<std::string_view, std::size_t> outputs;

  /// Returns the port called `name`, or the only one not named `error` when `name` is empty; npos: there is
  /// none.
  std::size_t find(port_direction direction, std::string_view name) const;
  /// Returns the ports of `direction`, for a finding; `id` is how the graph calls this node.
  port_choice choice(std::string_view id, port_direction direction) const;
  /// Returns `id.port`.
  std::string port_id(port_direction direction, std::size_t port) const;
  /// Returns what that port carries; nothing for the `error` output, which fits every port.
  std::optional<port_type> type_of(port_direction direction, std::size_t port) const;
};

/// Turns declarations into planned nodes: looks up types, checks options, makes each node once to see that it
/// can be made.
class node_planner {
public:
  /// Both must outlive this object.
  node_planner(const node_catalog& catalog, validation_report& report) : catalog_(catalog), report_(report) {}

  /// Returns the draft of `declared`. Reports UNKNOWN_TYPE, UNKNOWN_OPTION, BAD_VALUE, and BAD_NAME for
  /// ports.
  node_draft plan(const flat_node& declared);

private:
  void plan_type(const flat_node& declared, node_draft& draft);
  void plan_options(const flat_node& declared, const node_type& type, node_draft& draft);
  void report_mistakes(const flat_node& declared, const option_mistakes& wrong);
  void report_unknown_type(const flat_node& declared);
  void check_ports(const flat_node& declared, const std::vector<port_spec>& ports);
  void index_ports(node_draft& draft) const;

  const node_catalog& catalog_;
  validation_report& report_;
  std::vector<std::string> type_names_;
};

} // namespace sluice::detail
