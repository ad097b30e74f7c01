#pragma once

#include "runtime/cli/arguments.hpp"
#include "runtime/cli/cli_streams.hpp"
#include "runtime/config/graph_loader.hpp"

namespace sluice {

class rule_keepers;

/// Runs a graph that has a plan here until it ends, with signals, progress, metrics and summary as
/// `arguments` ask; `run` and `demo` share it. Returns the exit status. When a handler never returns, the
/// process ends in here by `streams.leave`. `rules` is where its nodes get their rules, if they have any.
int run_flow(const loaded_graph& graph, const flow_arguments& arguments, cli_streams& streams,
             rule_keepers* rules = nullptr);

} // namespace sluice
