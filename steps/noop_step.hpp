#pragma once

#include "steps/step_runner.hpp"

namespace sluice {

/// The kind `noop`: returns its param `result`, or fails with the text of its param `fail`.
step_type noop_step_type();

} // namespace sluice
