#pragma once

#include "model/graph/validation_report.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

enum class port_direction { input, output };

/// The ports that an endpoint may mean: those of one node or subgraph in one direction.
struct port_choice {
  /// `node 'parse'`, `subgraph 'clean'`.
  std::string owner;
  /// As edges write it.
  std::string id;
  port_direction direction = port_direction::input;
  bool is_subgraph = false;
  /// In the order of declaration; those of the other direction help to explain a mistake.
  std::vector<std::string> names;
  std::vector<std::string> opposite;
};

/// Returns why `wanted` (empty: the only port not named `error`) is none of `choice`, and which there are.
std::string explain_missing_port(const port_choice& choice, std::string_view wanted,
                                 validation_report& report);

} // namespace sluice::detail
