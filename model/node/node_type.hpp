#pragma once

#include "model/config/options.hpp"
#include "model/message/port_type.hpp"
#include "model/node/node.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// A named, typed place on a node where messages enter or leave.
struct port_spec {
  /// Unique on its side of the node.
  std::string name;
  /// The payload that it takes or gives.
  port_type type;
  /// One sentence.
  std::string description = {};
};

/// The ports of one node. An output named `error` carries error messages; every node has one, and it is not
/// listed here.
struct node_ports {
  /// In the order of the indices that `on_message` gets.
  std::vector<port_spec> inputs;
  /// In the order of the indices that `emit` takes.
  std::vector<port_spec> outputs;
};

/// The name of the output that carries error messages, and of the ports that a type with one input and output
/// uses.
inline constexpr const char* error_port = "error";
/// The only input; see `error_port`.
inline constexpr const char* input_port = "in";
/// The only output; see `error_port`.
inline constexpr const char* output_port = "out";

/// How the handlers of a node behave.
enum class execution_kind {
  cooperative, ///< handlers of microseconds, on the shared workers
  blocking,    ///< may wait (files, pipes, processes, heavy jq): a thread of its own
};

/// What of the world around the process a node touches. Servers ask it before they run somebody's graph.
enum class node_reach {
  nothing,          ///< its messages only
  standard_streams, ///< standard input or output: they belong to whoever started the process
  outside,          ///< opens files, starts programs or calls servers, with the rights of the process
};

/// A kind of node that YAML can name: its ports, options and maker.
struct node_type {
  /// What YAML calls it.
  std::string name;
  /// `source`, `transform` or `sink`.
  std::string category;
  /// One line.
  std::string summary;
  /// A paragraph or two: behaviour, errors, order.
  std::string description;
  /// What YAML may write beside `type`.
  std::vector<option_spec> options;
  /// Ports that do not depend on options.
  node_ports ports;
  /// YAML of one node, e.g. `{ type: filter, where: '.status >= 500' }`.
  std::string example;
  /// How its handlers behave, whatever the options.
  execution_kind execution = execution_kind::cooperative;
  /// Makes a node; no I/O before `on_start`. Throws `option_error`.
  std::function<std::unique_ptr<node>(const sluice::options&)> make;
  /// Ports that depend on options; optional. Throws `option_error`.
  std::function<node_ports(const sluice::options&)> ports_for = {};
  /// Execution that depends on options; optional.
  std::function<execution_kind(const sluice::options&)> execution_for = {};
  /// Another name for the same type; `discard` is `null`'s.
  std::string alias = {};
  /// What of the world around the process it touches.
  node_reach reach = node_reach::nothing;
};

} // namespace sluice
