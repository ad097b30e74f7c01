#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/graph_source.hpp"
#include "runtime/cli/json_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace sluice {

namespace {

std::string counted(std::size_t number, const char* thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string verdict(const loaded_graph& graph) {
  const auto errors = static_cast<std::size_t>(std::count_if(
      graph.found.begin(), graph.found.end(), [](const finding& one) { return one.is_error(); }));
  const auto warnings = graph.found.size() - errors;
  if (errors > 0)
    return fmt::format("{}: {}, {}\n", graph.file, counted(errors, "error"), counted(warnings, "warning"));
  const auto doubts = warnings > 0 ? ", " + counted(warnings, "warning") : std::string{};
  return fmt::format("{}: valid: {}, {}{}\n", graph.file, counted(graph.plan->nodes().size(), "node"),
                     counted(graph.plan->edges().size(), "edge"), doubts);
}

} // namespace

int execute(const validate_arguments& arguments, const node_catalog& catalog, cli_streams& streams) {
  std::vector<loaded_graph> graphs;
  for (const auto& file : arguments.files)
    graphs.push_back(open_graph(file, arguments.assignments, catalog, streams));
  if (arguments.json)
    streams.out << findings_json(graphs) << '\n';
  else
    for (const auto& graph : graphs)
      streams.out << show_findings(graph) << verdict(graph);
  const bool valid = std::none_of(graphs.begin(), graphs.end(),
                                  [](const loaded_graph& one) { return has_errors(one.found); });
  return valid ? exit_status::success : exit_status::configuration;
}

} // namespace sluice
