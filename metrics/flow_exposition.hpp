#pragma once

#include "model/flow/flow_snapshot.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sluice {

class exposition;

/// Edges, and nodes, up to which a flow exports each of them. At 1,000 of both a scrape is about 6 MB of
/// text.
inline constexpr std::size_t exposition_detail_limit = 1000;

/// The value of the labels `edge` and `node` where a large flow exports one sum over all of them.
inline constexpr const char* sum_label = "*";

/// How much of a flow is exported.
enum class exposition_detail {
  automatic, ///< sums for a flow with more edges or nodes than `exposition_detail_limit`
  full,      ///< each edge and node, always
};

/// Returns the families `sluice_flow_*`, `sluice_edge_*`, `sluice_node_*` and `sluice_control_*` of `flows`
/// as Prometheus text. Every edge is copied as one block, so the identities of `edge_counters` hold in the
/// text, and in sums. Flows are told apart by name; of two with the same name the second is labelled
/// `name-2`, and so on. Numbers are doubles there: exact up to 2^53.
std::string render_flows(const std::vector<flow_snapshot>& flows,
                         exposition_detail detail = exposition_detail::automatic);

/// Adds the same to `out`.
void add_flows(exposition& out, const std::vector<flow_snapshot>& flows,
               exposition_detail detail = exposition_detail::automatic);

} // namespace sluice
