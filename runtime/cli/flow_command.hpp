#pragma once

#include "runtime/cli/arguments.hpp"
#include "runtime/cli/cli_streams.hpp"
#include "runtime/config/graph_loader.hpp"

namespace sluice {

/// Runs a graph that has a plan here until it ends, with signals, progress, metrics and summary as
/// `arguments` ask; `run` and `demo` share it. Returns the exit status. When a handler never returns, the
/// process ends in here by `streams.leave`.
int run_flow(const loaded_graph& graph, const flow_arguments& arguments, cli_streams& streams);

} // namespace sluice
