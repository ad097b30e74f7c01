#pragma once

#include "runtime/server/endpoint.hpp"
#include "runtime/server/flow_keeper.hpp"
#include "runtime/server/server_context.hpp"

namespace sluice {

/// `/api/v1/flows`: list, show, start, and the orders of `flow_orders`. Both outlive the endpoints.
endpoints flow_endpoints(flow_keeper& keeper, server_context& context);

} // namespace sluice
