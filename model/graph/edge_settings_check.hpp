#pragma once

#include "model/graph/graph.hpp"
#include "model/graph/validation_report.hpp"
#include "model/node/node_catalog.hpp"

#include <string>

namespace sluice::detail {

/// Returns the place of `member` of an edge that was written as a map, else that of the edge.
source_position place_of(const edge_declaration& declared, std::string_view member);

/// Returns the settings of `declared` with the functions that its names stand for. `path` is the edge's
/// (`edges[2]`). Reports BAD_CAPACITY, and BAD_VALUE for a merge function or key that is missing, wrong, or
/// not for this policy.
edge_settings check_settings(const edge_declaration& declared, const std::string& path,
                             const node_catalog& catalog, validation_report& report);

} // namespace sluice::detail
