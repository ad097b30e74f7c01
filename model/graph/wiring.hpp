#pragma once

#include "model/graph/endpoints.hpp"
#include "model/graph/node_planner.hpp"
#include "model/graph/port_usage.hpp"

#include <vector>

namespace sluice::detail {

/// Reports what is not connected: MISSING_INPUT for an input port or a whole node, NO_CONSUMER (a warning)
/// for an output, and BAD_VALUE for `on_error: emit_error` when nothing takes the errors. Nodes in doubt are
/// passed over: the mistake that made them so has been reported. `errors_in_doubt`: so has an `errors` node.
void check_wiring(const flat_graph& flat, const std::vector<node_draft>& nodes, const endpoints& ends,
                  const port_usage& usage, bool errors_in_doubt, validation_report& report);

} // namespace sluice::detail
