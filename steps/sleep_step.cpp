#include "steps/sleep_step.hpp"

#include "model/base/fault_point.hpp"
#include "model/run/run_defaults.hpp"
#include "steps/step_outcomes.hpp"
#include "steps/step_params.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

namespace {

using detail::references;

std::chrono::milliseconds read_delay(const json& params, const std::string& path, references stage,
                                     findings& out) {
  std::chrono::milliseconds delay{0};
  detail::step_params from(params, path, {"for"}, stage, out);
  if (from.require("for", "a duration such as \"30s\"") != nullptr)
    from.read_duration("for", defaults::step_timeout_limit, delay);
  return delay;
}

/// The time is over when it runs.
class sleep_runner final : public step_runner {
public:
  attempt_outcome run(step_context& context) override {
    findings found;
    fault_point("sleep.run");
    (void)read_delay(context.params, "params", references::are_replaced, found);
    return found.empty() ? detail::succeeded(json(nlohmann::ordered_json::object())) : detail::refused(found);
  }
};

} // namespace

step_type sleep_step_type() {
  step_type type;
  type.kind.name = "sleep";
  type.kind.summary = "Waits for a time.";
  type.kind.check = [](const json& params, const std::string& path, findings& out) {
    (void)read_delay(params, path, references::may_come, out);
  };
  type.pace = step_pace::timed;
  type.delay = [](const json& params) {
    findings ignored; // what does not fit is zero here, and what `run` fails with
    return read_delay(params, "params", references::are_replaced, ignored);
  };
  type.make = [] { return std::make_unique<sleep_runner>(); };
  return type;
}

} // namespace sluice
