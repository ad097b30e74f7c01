#include "model/run/step_graph.hpp"

#include "model/run/step_graph_reader.hpp"
#include "runtime/cli/run_document.hpp"
#include "steps/builtin_steps.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

#include <optional>
#include <string>

namespace sluice::fuzz {

namespace {

step_catalog some_kinds() {
  step_registry registry;
  register_builtin_steps(registry);
  return registry.catalog();
}

void require_lasting(const step_graph& graph, const step_catalog& known) {
  require(!graph.steps.empty(), "a graph has steps");
  const auto kept = to_json(graph).dump();
  require(load_step_graph(kept) == graph, "a graph survives being kept");
  findings again;
  require(parse_step_graph(kept, known, again).has_value() && again.empty(), "and is as good as before");
}

/// As a server gets it: JSON.
std::optional<step_graph> read_as_server(std::string_view input, const step_catalog& known) {
  findings found;
  auto graph = parse_step_graph(input, known, found);
  require(graph.has_value() != has_errors(found), "a graph, or what is wrong with it");
  return graph;
}

/// As `sluice runs submit` gets it: a file, of JSON or YAML.
std::optional<step_graph> read_as_client(const std::string& input, const step_catalog& known,
                                         const char* file) {
  auto document = read_run_document(input, file);
  std::optional<step_graph> graph;
  if (document.value)
    graph = read_step_graph(*document.value, "", known, document.found);
  document.places.locate(document.found);
  for (const auto& one : document.found)
    (void)to_string(one, file);
  if (has_errors(document.found))
    return std::nullopt;
  require(graph.has_value(), "a graph, or what is wrong with the file");
  return graph;
}

} // namespace

/// A run's graph, as a server and as a client read it.
void feed_step_graph(std::string_view input) {
  static const step_catalog known = some_kinds();
  const auto sent = read_as_server(input, known);
  if (sent)
    require_lasting(*sent, known);
  for (const auto* file : {"graph.json", "graph.yaml"}) {
    const auto written = read_as_client(std::string(input), known, file);
    if (written)
      require_lasting(*written, known);
    require(!sent || written == sent, "what is a graph in JSON is the same graph in a file");
  }
}

} // namespace sluice::fuzz
