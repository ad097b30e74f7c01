#include "model/run/step_graph.hpp"

#include "model/run/step_graph_reader.hpp"
#include "steps/builtin_steps.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

namespace sluice::fuzz {

namespace {

step_catalog kinds() {
  step_registry registry;
  register_builtin_steps(registry);
  return registry.catalog();
}

} // namespace

/// The JSON text of a run's graph.
void feed_step_graph(std::string_view input) {
  static const step_catalog known = kinds();
  findings found;
  const auto graph = parse_step_graph(input, known, found);
  require(graph.has_value() != has_errors(found), "a graph, or what is wrong with it");
  if (!graph)
    return;
  require(!graph->steps.empty(), "a graph has steps");
  const auto kept = to_json(*graph).dump();
  require(load_step_graph(kept) == *graph, "a graph survives being kept");
  findings again;
  require(parse_step_graph(kept, known, again).has_value() && again.empty(), "and is as good as before");
}

} // namespace sluice::fuzz
