#pragma once

#include "model/node/node_catalog.hpp"
#include "runtime/cli/cli_streams.hpp"
#include "runtime/config/graph_loader.hpp"

#include <string>
#include <vector>

namespace sluice {

/// Reads the graph `file` (`-`: standard input, shown as `<stdin>`) and validates it. A file that cannot be
/// read is a finding too. Throws `error("bad_assignment")`.
loaded_graph open_graph(const std::string& file, const std::vector<std::string>& assignments,
                        const node_catalog& catalog, cli_streams& streams);

/// Returns the findings, each on a line that ends with a line feed.
std::string show_findings(const loaded_graph& graph);

} // namespace sluice
