#pragma once

#include "steps/step_runner.hpp"

namespace sluice {

/// Returns the kind `flow` with the built-in nodes, as the product has it, over the armed sources.
step_type fault_flow_step();

} // namespace sluice
