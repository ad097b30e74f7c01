#include "steps/exec/exec_step.hpp"

#include "steps/exec/exec_attempt.hpp"
#include "steps/exec/exec_params.hpp"
#include "steps/exec/left_guards.hpp"
#include "steps/step_outcomes.hpp"

#include <utility>

namespace sluice {

namespace {

class exec_runner final : public step_runner {
public:
  exec_runner(std::filesystem::path guard_program, std::shared_ptr<left_guards> left)
      : guard_program_(std::move(guard_program)), left_(std::move(left)) {}

  attempt_outcome run(step_context& context) override {
    findings found;
    const auto params = read_exec_params(context.params, "params", detail::references::are_replaced, found);
    if (!found.empty())
      return detail::refused(found);
    // Starting just any program again as its own guard would run that program again.
    if (guard_program_.empty())
      return detail::failed("no_guard",
                            "this program has not said what guards its commands: name it in "
                            "step_surroundings::guard_program",
                            false);
    left_->collect();
    return exec_attempt(context, params, guard_program_, left_).run();
  }

private:
  std::filesystem::path guard_program_;
  std::shared_ptr<left_guards> left_;
};

} // namespace

step_type exec_step_type(std::filesystem::path guard_program) {
  step_type type;
  type.kind.name = "exec";
  type.kind.summary = "Runs a program, without a shell, and kills all of it when it is over.";
  type.kind.reach = step_reach::outside;
  type.kind.check = [](const json& params, const std::string& path, findings& out) {
    (void)read_exec_params(params, path, detail::references::may_come, out);
  };
  type.make = [program = std::move(guard_program), left = std::make_shared<left_guards>()] {
    return std::make_unique<exec_runner>(program, left);
  };
  return type;
}

} // namespace sluice
