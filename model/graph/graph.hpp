#pragma once

#include "model/config/config_value.hpp"
#include "model/edge/policy.hpp"
#include "model/node/node_type.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// What happens after a handler failed. In all four the failure is counted, logged with its trace id, and the
/// message at fault leaves by the `error` port if that is wired.
enum class error_policy : std::uint8_t {
  proceed,    ///< `continue`: go on with the next message
  emit_error, ///< as `continue`, and validation insists that the `error` port is wired
  restart,    ///< a fresh node after a pause that grows, a bounded number of times; then fail
  fail,       ///< stop the flow
};

std::string_view to_string(error_policy policy) noexcept;
std::optional<error_policy> parse_error_policy(std::string_view name) noexcept;
/// `continue emit_error restart fail`.
std::vector<std::string> error_policy_names();

struct error_settings {
  error_policy policy = error_policy::proceed;
  unsigned restart_limit = defaults::restart_limit;
  std::chrono::nanoseconds restart_backoff = defaults::restart_backoff;
};

struct graph;

/// One node as somebody wrote it: a type name with options, a C++ maker with ports, or a whole graph.
struct node_declaration {
  std::string id;
  source_position position;

  /// The type's name and its place; empty for C++ nodes and subgraphs.
  std::string type;
  source_position type_position = {};
  /// The node's map with all its members; those that are not options (`type`, `on_error`, `execution`) are
  /// skipped.
  config_value given = {};

  /// C++ nodes: how to make one (again, for `restart`), its ports, and how it runs.
  std::function<std::unique_ptr<node>()> make = {};
  node_ports ports = {};
  std::optional<execution_kind> execution = {};

  /// A subgraph.
  std::shared_ptr<const graph> inner = {};

  error_settings on_error = {};
};

/// One end of an edge; an empty port means the only port of that direction not named `error`.
struct endpoint {
  std::string node;
  std::string port = {};
};

struct edge_declaration {
  endpoint from;
  endpoint to;
  edge_settings settings = {};
  source_position position = {};
  /// The edge's map when it was written as one; gives findings the place of the member they are about.
  config_value given = {};
};

/// A port of a graph: what an enclosing graph sees of an inner node's port.
struct exposed_port {
  std::string name;
  endpoint inner;
  source_position position = {};
};

/// A graph as somebody wrote it, in C++ or YAML; nothing is checked yet. `validate` turns it into a
/// `flow_plan`.
struct graph {
  std::string name = "flow";
  std::vector<node_declaration> nodes;
  std::vector<edge_declaration> edges;
  std::vector<exposed_port> inputs;
  std::vector<exposed_port> outputs;
  /// The node that gets every unwired `error` port; empty: none.
  std::string errors = {};
  source_position errors_position = {};
};

} // namespace sluice
