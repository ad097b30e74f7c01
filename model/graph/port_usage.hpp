#pragma once

#include "model/graph/node_planner.hpp"

#include <cstddef>
#include <vector>

namespace sluice::detail {

/// Which ports of which nodes something is connected to.
class port_usage {
public:
  explicit port_usage(const std::vector<node_draft>& nodes) {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    for (const auto& draft : nodes) {
      first_input_.push_back(inputs);
      first_output_.push_back(outputs);
      inputs += draft.node.ports.inputs.size();
      outputs += draft.node.ports.outputs.size() + 1;
    }
    inputs_.resize(inputs);
    outputs_.resize(outputs);
  }

  void mark(port_direction direction, std::size_t node, std::size_t port) {
    at(direction, node, port) = true;
  }
  bool used(port_direction direction, std::size_t node, std::size_t port) const {
    return direction == port_direction::input ? inputs_[first_input_[node] + port]
                                              : outputs_[first_output_[node] + port];
  }

private:
  std::vector<bool>::reference at(port_direction direction, std::size_t node, std::size_t port) {
    return direction == port_direction::input ? inputs_[first_input_[node] + port]
                                              : outputs_[first_output_[node] + port];
  }

  std::vector<std::size_t> first_input_;
  std::vector<std::size_t> first_output_;
  std::vector<bool> inputs_;
  std::vector<bool> outputs_;
};

} // namespace sluice::detail
