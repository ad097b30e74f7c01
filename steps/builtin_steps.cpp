#include "steps/builtin_steps.hpp"

#include "steps/exec/exec_step.hpp"
#include "steps/http/http_step.hpp"
#include "steps/noop_step.hpp"
#include "steps/sleep_step.hpp"

namespace sluice {

void register_builtin_steps(step_registry& to, const step_surroundings& surroundings) {
  to.add(noop_step_type());
  to.add(sleep_step_type());
  to.add(exec_step_type(surroundings.guard_program));
  to.add(http_step_type());
}

} // namespace sluice
