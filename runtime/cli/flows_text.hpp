#pragma once

#include "runtime/wire/server_views.hpp"

#include <string>
#include <vector>

namespace sluice {

/// Each returns text for a person, as runs_text.hpp does. Times are UTC.

std::string flows_table(const std::vector<flow_entry>& flows);
/// A flow with its nodes and edges.
std::string flow_text(const flow_view& view);
std::string flow_edges_table(const std::vector<flow_edge_view>& edges);

} // namespace sluice
