#include "nodes/builtin.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/flow_command.hpp"
#include "runtime/cli/graph_source.hpp"
#include "runtime/embed/rule_keepers.hpp"

#include <memory>
#include <ostream>

namespace sluice {

/// With a catalog of its own: its nodes run, so they need somebody who keeps rules.
int execute(const run_arguments& arguments, const node_catalog&, cli_streams& streams) {
  const auto rules = std::make_shared<rule_keepers>();
  node_catalog catalog;
  register_builtin_nodes(catalog, rules);
  const auto graph = open_graph(arguments.file, arguments.assignments, catalog, streams);
  if (!arguments.flow.quiet || has_errors(graph.found))
    streams.err << show_findings(graph);
  streams.err.flush();
  if (!graph.plan)
    return exit_status::configuration;
  return run_flow(graph, arguments.flow, streams, rules.get());
}

} // namespace sluice
