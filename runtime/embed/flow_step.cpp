#include "runtime/embed/flow_step.hpp"

#include "model/base/error.hpp"
#include "model/run/json_fields.hpp"
#include "model/run/step_reference.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

ordered_json result_of(const flow_summary& summary) {
  ordered_json result = {{"outcome", to_string(summary.outcome)},
                         {"discarded", summary.discarded},
                         {"seconds", static_cast<double>(summary.duration_ns) * 1e-9}};
  for (const auto& node : summary.final.nodes)
    result["nodes"][node.id] = {{"in", node.counters.in},
                                {"out", node.counters.out},
                                {"errors", node.counters.errors},
                                {"discarded", node.counters.discarded}};
  for (const auto& edge : summary.final.edges)
    result["edges"][edge.id] = {{"offered", edge.counters.offered},
                                {"delivered", edge.counters.delivered},
                                {"dropped", edge.counters.dropped},
                                {"refused", edge.counters.refused()},
                                {"discarded", edge.counters.discarded}};
  return result;
}

/// Passes on to a flow what its step is told.
class flow_listener final : public step_listener {
public:
  flow_listener(flow running, step_context& context) : flow_(std::move(running)), context_(&context) {}

  void on_interrupt(std::chrono::milliseconds grace) override {
    // A flow that stands still could not drain.
    flow_.resume();
    if (grace.count() == 0)
      flow_.abort("its step was told to end at once");
    else
      flow_.stop(grace);
  }
  void on_hold() override {
    flow_.pause();
    if (context_->stands_still)
      context_->stands_still(true);
  }
  void on_resume() override {
    flow_.resume();
    if (context_->stands_still)
      context_->stands_still(false);
  }

private:
  flow flow_;
  step_context* context_;
};

class flow_runner final : public step_runner {
public:
  explicit flow_runner(std::shared_ptr<const flow_step_parts> parts) : parts_(std::move(parts)) {}

  attempt_outcome run(step_context& context) override {
    findings found;
    const auto plan = parts_->load(json(context.params.value().at("graph")), "graph", found);
    if (!plan)
      return {attempt_status::failed, {}, "bad_graph", text_of(found), false};
    const auto running = parts_->runtime().start(plan);
    const auto summary = wait(running, context);
    attempt_outcome outcome;
    outcome.result = json(result_of(summary));
    if (summary.outcome == flow_status::finished && !context.signal.is_interrupted())
      return outcome;
    outcome.status = context.signal.is_interrupted() ? attempt_status::cancelled : attempt_status::failed;
    outcome.code = "flow_failed";
    outcome.text = fmt::format("the flow '{}' {}: {}", plan->name(), to_string(summary.outcome),
                               summary.reason.empty() ? "no reason was given" : summary.reason);
    return outcome;
  }

private:
  static flow_summary wait(const flow& running, step_context& context) {
    flow_listener listener(running, context);
    const step_signal::attachment heard(context.signal, listener);
    return running.wait();
  }

  static std::string text_of(const findings& found) {
    std::string text;
    for (const auto& each : found)
      if (each.is_error())
        text += (text.empty() ? "" : "; ") + each.path + ": " + each.text;
    return text.empty() ? "the graph cannot run" : text;
  }

  std::shared_ptr<const flow_step_parts> parts_;
};

bool refers(const json& value) {
  bool found = false;
  visit_templates(value, "", [&](const std::string&, const std::string&) { found = true; });
  return found;
}

} // namespace

step_type flow_step(flow_step_parts given) {
  const auto parts = std::make_shared<const flow_step_parts>(std::move(given));
  step_type type;
  type.kind.name = "flow";
  type.kind.summary = "runs a graph of nodes to its end; its counters are the step's result";
  type.kind.check = [parts](const json& params, const std::string& path, findings& out) {
    detail::json_fields fields(params.value(), path, {"graph"}, out);
    const auto* graph = fields.require("graph", "a graph");
    // What refers to results can only be looked at when they are there.
    if (graph != nullptr && !refers(json(*graph)))
      (void)parts->load(json(*graph), fields.path_of("graph"), out);
  };
  type.pace = step_pace::blocking;
  type.make = [parts] { return std::make_unique<flow_runner>(parts); };
  return type;
}

} // namespace sluice
