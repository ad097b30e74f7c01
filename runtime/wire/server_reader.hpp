#pragma once

#include "runtime/wire/server_views.hpp"

#include <nlohmann/json_fwd.hpp>

namespace sluice {

/// Each reads what a server says (docs/openapi.json) and throws `error("bad_answer")` that names the member
/// which is missing or is something else. Counters that are missing are 0.

flow_entry read_flow(const nlohmann::ordered_json& answer);
/// With nodes, edges and summary.
flow_view read_flow_view(const nlohmann::ordered_json& answer);
flow_edge_view read_flow_edge(const nlohmann::ordered_json& answer);
lease_view read_lease(const nlohmann::ordered_json& answer);
audit_view read_audit(const nlohmann::ordered_json& answer);
health_view read_health(const nlohmann::ordered_json& answer);

} // namespace sluice
