#pragma once

#include "model/run/step_catalog.hpp"

namespace sluice {

/// Returns the kinds `noop`, which takes anything, and `exec`, which needs a list `argv` that is not empty.
step_catalog test_steps();

} // namespace sluice
