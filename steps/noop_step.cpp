#include "steps/noop_step.hpp"

#include "model/base/fault_point.hpp"
#include "steps/step_outcomes.hpp"
#include "steps/step_params.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace sluice {

namespace {

using detail::references;
using nlohmann::ordered_json;

struct noop_params {
  ordered_json result = ordered_json::object();
  std::optional<std::string> failure = {};
  bool retryable = false;
};

noop_params read_noop_params(const json& params, const std::string& path, references stage, findings& out) {
  noop_params read;
  detail::step_params from(params, path, {"result", "fail", "retryable"}, stage, out);
  if (const auto* result = from.find("result"))
    read.result = *result;
  if (std::string text; from.read_text("fail", text))
    read.failure = std::move(text);
  from.read_flag("retryable", read.retryable);
  return read;
}

class noop_runner final : public step_runner {
public:
  attempt_outcome run(step_context& context) override {
    findings found;
    fault_point("noop.run");
    auto params = read_noop_params(context.params, "params", references::are_replaced, found);
    if (!found.empty())
      return detail::refused(found);
    if (params.failure)
      return detail::failed("noop_failed", *params.failure, params.retryable);
    return detail::succeeded(json(std::move(params.result)));
  }
};

} // namespace

step_type noop_step_type() {
  step_type type;
  type.kind.name = "noop";
  type.kind.summary = "Does nothing, and returns what it is told to return.";
  type.kind.check = [](const json& params, const std::string& path, findings& out) {
    (void)read_noop_params(params, path, references::may_come, out);
  };
  type.pace = step_pace::immediate;
  type.make = [] { return std::make_unique<noop_runner>(); };
  return type;
}

} // namespace sluice
