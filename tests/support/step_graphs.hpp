#pragma once

#include "model/run/step_graph.hpp"

#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Returns a noop step.
inline step_spec noop_step(std::string id, std::vector<std::string> deps = {}) {
  return {std::move(id), "noop", std::move(deps)};
}

/// Returns noop steps each of which depends on the one before.
inline step_graph chain_of(const std::vector<std::string>& ids) {
  step_graph graph;
  for (const auto& id : ids)
    graph.steps.push_back(
        noop_step(id, graph.steps.empty() ? std::vector<std::string>{} : std::vector{graph.steps.back().id}));
  return graph;
}

/// Returns noop steps that do not depend on each other.
inline step_graph row_of(const std::vector<std::string>& ids) {
  step_graph graph;
  for (const auto& id : ids)
    graph.steps.push_back(noop_step(id));
  return graph;
}

} // namespace sluice
