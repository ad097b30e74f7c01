#include "model/graph/topology.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/graph_source.hpp"

#include <ostream>

namespace sluice {

int execute(const graph_arguments& arguments, const node_catalog& catalog, cli_streams& streams) {
  const auto graph = open_graph(arguments.file, arguments.assignments, catalog, streams);
  streams.err << show_findings(graph);
  if (!graph.plan)
    return exit_status::configuration;
  streams.out << (arguments.mermaid ? to_mermaid(*graph.plan) : to_dot(*graph.plan));
  return exit_status::success;
}

} // namespace sluice
