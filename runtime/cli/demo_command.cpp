#include "model/base/error.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/flow_command.hpp"
#include "runtime/config/graph_loader.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

namespace sluice {

namespace {

constexpr const char* package_log = "/var/log/dpkg.log";

/// What the package manager did on this machine, counted by action.
constexpr const char* package_graph = R"(version: 1
name: package-actions
nodes:
  read:   { type: file, path: /var/log/dpkg.log }
  parse:  { type: regex_parse, pattern: '^(?P<date>\S+) (?P<time>\S+) (?P<action>\S+)' }
  count:  { type: aggregate, key: .action, op: count }
  print:  { type: stdout, format: json }
edges:
  - read -> parse -> count -> print
)";

/// The same on a machine without a package log: numbers, counted by their last digit.
constexpr const char* generated_graph = R"(version: 1
name: numbers-by-last-digit
nodes:
  numbers: { type: generate, count: 100_000 }
  digit:   { type: map, jq: '{digit: (. % 10)}' }
  count:   { type: aggregate, key: .digit, op: count }
  print:   { type: stdout, format: json }
edges:
  - numbers -> digit -> count -> print
)";

void print_introduction(const char* yaml, cli_streams& streams) {
  streams.err << "This graph runs now; `sluice run FILE` runs yours:\n\n" << yaml << "\nResult:\n";
  streams.err.flush();
}

} // namespace

int execute(const demo_arguments& arguments, const node_catalog& catalog, cli_streams& streams) {
  std::error_code ignored;
  const char* yaml = std::filesystem::exists(package_log, ignored) ? package_graph : generated_graph;
  graph_input input;
  input.file = "demo";
  input.text = yaml;
  const auto graph = load_graph(input, catalog);
  if (!graph.plan)
    throw internal_error("the demo's graph is not valid: " + graph.show(graph.found.front()));
  auto flow = arguments.flow;
  if (!flow.summary && !flow.quiet) {
    flow.summary = "text";
    print_introduction(yaml, streams);
  }
  return run_flow(graph, flow, streams);
}

} // namespace sluice
