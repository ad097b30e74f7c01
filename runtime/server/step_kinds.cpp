#include "runtime/server/step_kinds.hpp"

#include "nodes/builtin.hpp"
#include "runtime/config/graph_loader.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "runtime/embed/flow_step.hpp"
#include "steps/builtin_steps.hpp"

#include <mutex>
#include <string>
#include <utility>

namespace sluice {

namespace {

/// Where the flows of `flow` steps run; made when the first one begins. Any thread.
class flow_home {
public:
  flow_home(log_sink log, std::shared_ptr<rule_places> rules) : log_(std::move(log)) {
    register_builtin_nodes(catalog_, std::move(rules));
  }

  const node_catalog& catalog() const noexcept { return catalog_; }
  flow_runtime& runtime() {
    const std::lock_guard lock(mutex_);
    if (!runtime_)
      runtime_ = std::make_unique<flow_runtime>(runtime_options{0, true, log_});
    return *runtime_;
  }

private:
  log_sink log_;
  node_catalog catalog_;
  std::mutex mutex_;
  std::unique_ptr<flow_runtime> runtime_;
};

/// The graph comes with the submission, so it may read neither the worker's environment nor files to include.
std::shared_ptr<const flow_plan> load_flow(const flow_home& home, const json& graph, const std::string& path,
                                           findings& out) {
  graph_input input;
  input.text = graph.dump();
  auto loaded = load_graph(input, home.catalog());
  for (auto& one : loaded.found) {
    one.path = one.path.empty() ? path : path + "." + one.path;
    one.position = {}; // of the text above, which nobody wrote
    out.push_back(std::move(one));
  }
  return loaded.plan;
}

} // namespace

std::shared_ptr<const step_registry> builtin_step_registry(const log_sink& log,
                                                           std::function<flow_runtime&()> flows,
                                                           std::shared_ptr<rule_places> rules) {
  auto registry = std::make_shared<step_registry>();
  register_builtin_steps(*registry, {this_program});
  const auto home = std::make_shared<flow_home>(log, std::move(rules));
  flow_step_parts parts;
  parts.load = [home](const json& graph, const std::string& path, findings& out) {
    return load_flow(*home, graph, path, out);
  };
  parts.runtime = flows ? std::move(flows) : [home]() -> flow_runtime& { return home->runtime(); };
  registry->add(flow_step(std::move(parts)));
  return registry;
}

} // namespace sluice
