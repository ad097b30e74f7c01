#pragma once

#include "steps/step_runner.hpp"

#include <functional>
#include <string>

namespace sluice {

/// Returns a kind of step that calls `body`, for `step_registry::add`; any object will do for its params
/// unless `kind.check` is set afterwards; for a body that reaches
/// out of the process, set `kind.reach`. `body` may be called from several threads at a time, and does what
/// `step_runner::run` does. `pace`: `blocking`, or `immediate` for a body of microseconds. Throws
/// `error("bad_value")` without body, and for `timed`.
step_type function_step(std::string name, std::string summary,
                        std::function<attempt_outcome(step_context& context)> body,
                        step_pace pace = step_pace::blocking);

} // namespace sluice
