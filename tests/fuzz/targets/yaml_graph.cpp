#include "model/config/yaml_document.hpp"
#include "nodes/builtin.hpp"
#include "runtime/config/graph_loader.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

#include <string>

namespace sluice::fuzz {

namespace {

node_catalog builtin() {
  node_catalog catalog;
  register_builtin_nodes(catalog);
  return catalog;
}

} // namespace

/// The YAML text of a flow's graph, as a server gets it: without files to include and without an environment.
void feed_yaml_graph(std::string_view input) {
  static const node_catalog catalog = builtin();
  (void)read_yaml(input);
  graph_input given;
  given.text = std::string(input);
  const auto loaded = load_graph(given, catalog);
  require((loaded.plan != nullptr) != has_errors(loaded.found), "a plan, or what is wrong with the graph");
  for (const auto& one : loaded.found)
    (void)loaded.show(one);
}

} // namespace sluice::fuzz
