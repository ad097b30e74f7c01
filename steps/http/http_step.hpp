#pragma once

#include "steps/step_runner.hpp"

namespace sluice {

/// The kind `http`: sends one request (docs/steps.md).
step_type http_step_type();

} // namespace sluice
