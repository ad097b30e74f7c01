#include "steps/function_step.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"

#include <utility>

namespace sluice {

namespace {

using step_body = std::function<attempt_outcome(step_context&)>;

class function_runner final : public step_runner {
public:
  explicit function_runner(std::shared_ptr<const step_body> body) : body_(std::move(body)) {}
  attempt_outcome run(step_context& context) override {
    fault_point("function.begun");
    auto outcome = (*body_)(context);
    fault_point("function.ended");
    return outcome;
  }

private:
  std::shared_ptr<const step_body> body_;
};

} // namespace

step_type function_step(std::string name, std::string summary, step_body body, step_pace pace) {
  if (!body)
    throw error("bad_value", "step kind '" + name + "' has no function to call");
  if (pace == step_pace::timed)
    throw error("bad_value", "step kind '" + name +
                                 "' cannot be timed: make it immediate or blocking, or put a sleep step "
                                 "before it");
  step_type type;
  type.kind.name = std::move(name);
  type.kind.summary = std::move(summary);
  type.pace = pace;
  type.make = [shared = std::make_shared<const step_body>(std::move(body))] {
    return std::make_unique<function_runner>(shared);
  };
  return type;
}

} // namespace sluice
