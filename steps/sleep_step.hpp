#pragma once

#include "steps/step_runner.hpp"

namespace sluice {

/// The kind `sleep`: waits for its param `for`, without a thread, and succeeds.
step_type sleep_step_type();

} // namespace sluice
