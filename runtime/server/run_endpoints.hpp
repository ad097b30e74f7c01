#pragma once

#include "runtime/server/endpoint.hpp"
#include "runtime/server/server_context.hpp"

namespace sluice {

/// `/api/v1/runs`: create, list, show, steps, events, commands, retry, tick. The context outlives them.
endpoints run_endpoints(server_context& context);
/// `/api/v1/events` as pages; live ones: `stream_endpoints`.
endpoints event_endpoints(server_context& context);
/// `/api/v1/lanes`, `/api/v1/leases` and `/api/v1/audit`.
endpoints lane_endpoints(server_context& context);
endpoints lease_endpoints(server_context& context);
endpoints audit_endpoints(server_context& context);

} // namespace sluice
