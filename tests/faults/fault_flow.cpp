#include "tests/faults/fault_flow.hpp"

#include "nodes/builtin.hpp"
#include "runtime/config/graph_loader.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "runtime/embed/flow_step.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace sluice {

namespace {

/// Made when the first flow begins: tests that only submit need no threads for it.
struct flow_place {
  std::mutex mutex;
  std::unique_ptr<flow_runtime> made;
  node_catalog nodes;

  flow_place() { register_builtin_nodes(nodes); }
  flow_runtime& runtime() {
    const std::lock_guard lock(mutex);
    if (!made)
      made = std::make_unique<flow_runtime>(runtime_options{1, true});
    return *made;
  }
};

} // namespace

step_type fault_flow_step() {
  const auto place = std::make_shared<flow_place>();
  flow_step_parts parts;
  parts.load = [place](const json& graph, const std::string&, findings& out) {
    graph_input input;
    input.text = graph.dump();
    auto loaded = load_graph(input, place->nodes);
    out.insert(out.end(), loaded.found.begin(), loaded.found.end());
    return loaded.plan;
  };
  parts.runtime = [place]() -> flow_runtime& { return place->runtime(); };
  return flow_step(std::move(parts));
}

} // namespace sluice
