#include "runtime/embed/flow_step.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/json_fields.hpp"
#include "model/run/step_reference.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

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

/// Tells the owner of a step that its flow stands still, by the order that made it do so. Any thread.
class stillness {
public:
  explicit stillness(step_context& context) : context_(&context) {}

  /// The flow is about to be paused once more.
  void expect(std::uint64_t hold) {
    const std::lock_guard lock(mutex_);
    holds_.push_back(hold);
  }
  /// It stands still after its `pause`th pause, counted from 1.
  void reached(std::uint64_t pause) {
    const std::lock_guard lock(mutex_);
    if (context_->stands_still)
      context_->stands_still(holds_.at(pause - 1));
  }

private:
  step_context* context_;
  std::mutex mutex_;
  std::vector<std::uint64_t> holds_;
};

/// Passes on to a flow what its step is told.
class flow_listener final : public step_listener {
public:
  flow_listener(flow running, stillness& still) : flow_(std::move(running)), still_(&still) {}

  void on_interrupt(std::chrono::milliseconds grace) override {
    // A flow that stands still could not drain.
    flow_.resume();
    if (grace.count() == 0)
      flow_.abort("its step was told to end at once");
    else
      flow_.stop(grace);
  }
  void on_hold(std::uint64_t hold) override {
    still_->expect(hold);
    flow_.pause();
  }
  void on_resume() override { flow_.resume(); }

private:
  flow flow_;
  stillness* still_;
};

class flow_runner final : public step_runner {
public:
  explicit flow_runner(std::shared_ptr<const flow_step_parts> parts) : parts_(std::move(parts)) {}

  attempt_outcome run(step_context& context) override {
    findings found;
    const auto plan = parts_->load(json(context.params.value().at("graph")), "graph", found);
    if (!plan)
      return {attempt_status::failed, {}, "bad_graph", text_of(found), false};
    fault_point("flow.begun");
    const auto summary = run_flow(plan, context);
    fault_point("flow.ended");
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
  flow_summary run_flow(const std::shared_ptr<const flow_plan>& plan, step_context& context) const {
    // Shared with the flow, which may be left behind with a handler that is stuck.
    const auto still = std::make_shared<stillness>(context);
    flow_options options;
    options.stands_still = [still](std::uint64_t pause) { still->reached(pause); };
    const auto running = parts_->runtime().start(plan, std::move(options));
    fault_point("flow.started");
    flow_listener listener(running, *still);
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
  // Its nodes may reach out, and which they are may depend on results of other steps.
  type.kind.reach = step_reach::outside;
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
