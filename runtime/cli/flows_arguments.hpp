#pragma once

#include "runtime/cli/http_server_arguments.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace sluice {

struct flows_start_arguments {
  /// `-`: standard input.
  std::string file;
  /// Empty: the graph's own.
  std::string name;
};

struct flows_list_arguments {};

struct flows_show_arguments {
  /// The id or the name, here and below.
  std::string flow;
};

/// `stop`, `pause` and `resume`.
struct flows_order_arguments {
  std::string order;
  std::string flow;
  /// For `stop`: a duration; empty: the server's.
  std::string drain_timeout;
};

struct flows_control_arguments {
  std::string flow;
  std::string node;
  /// A JSON object.
  std::string payload;
};

struct flows_set_edge_arguments {
  std::string flow;
  std::string edge;
  std::optional<std::uint64_t> capacity;
  std::string priority;
};

using flows_action = std::variant<flows_list_arguments, flows_start_arguments, flows_show_arguments,
                                  flows_order_arguments, flows_control_arguments, flows_set_edge_arguments>;

/// `sluice flows …`.
struct flows_arguments {
  server_arguments server;
  /// Nothing: as `shows_json` decides.
  std::optional<bool> json;
  flows_action action;
};

} // namespace sluice
