#pragma once

#include "model/graph/flow_plan.hpp"
#include "runtime/cli/arguments.hpp"
#include "runtime/cli/cli_streams.hpp"

#include <memory>

namespace sluice {

/// Runs a validated graph here until it ends, with signals, progress, metrics and summary as `arguments` ask;
/// `run` and `demo` share it. Returns the exit status. When a handler never returns, the process ends in here
/// by `streams.leave`.
int run_flow(std::shared_ptr<const flow_plan> plan, const flow_arguments& arguments, cli_streams& streams);

} // namespace sluice
