#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/flow_command.hpp"
#include "runtime/cli/graph_source.hpp"

#include <ostream>

namespace sluice {

int execute(const run_arguments& arguments, const node_catalog& catalog, cli_streams& streams) {
  const auto graph = open_graph(arguments.file, arguments.assignments, catalog, streams);
  if (!arguments.flow.quiet || has_errors(graph.found))
    streams.err << show_findings(graph);
  streams.err.flush();
  if (!graph.plan)
    return exit_status::configuration;
  return run_flow(graph, arguments.flow, streams);
}

} // namespace sluice
