#pragma once

#include "runtime/server/endpoint.hpp"
#include "runtime/server/server_context.hpp"

namespace sluice {

/// `/api/v1/rules`: list, show, set a state; `/api/v1/rule-changes` and `/api/v1/rule-snapshot`: what those
/// need who follow them. The context outlives them.
endpoints rule_endpoints(server_context& context);

} // namespace sluice
