#pragma once

#include "model/graph/flow_plan.hpp"

#include <string>

namespace sluice {

/// Returns `plan` in the language of Graphviz. Edges are labelled with what is not the default: ports,
/// policy, capacity, band; feedback edges are dashed.
std::string to_dot(const flow_plan& plan);

/// Returns `plan` as a Mermaid flowchart with the same labels.
std::string to_mermaid(const flow_plan& plan);

} // namespace sluice
