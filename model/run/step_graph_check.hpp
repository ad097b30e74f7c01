#pragma once

#include "model/config/finding.hpp"
#include "model/run/step_graph.hpp"

#include <string>

namespace sluice {

/// Appends what is wrong with how the steps of `graph` hang together: dependencies and an entry step that are
/// not there (UNKNOWN_STEP), dependencies listed twice and an entry step that has some (BAD_VALUE), each
/// cycle once (STEP_CYCLE), and references that are not understood or that name a step which is not before
/// theirs (BAD_REFERENCE, UNKNOWN_STEP). `path` is the graph's. Ids are unique.
void check_step_graph(const step_graph& graph, const std::string& path, findings& out);

} // namespace sluice
