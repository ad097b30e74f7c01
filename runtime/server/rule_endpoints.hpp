#pragma once

#include "runtime/server/endpoint.hpp"
#include "runtime/server/server_context.hpp"

namespace sluice {

/// `/api/v1/rules`: list, show, set a state, and `rule_file_endpoints`; `/api/v1/rule-changes` and
/// `/api/v1/rule-snapshot`: what those need who follow them. Pages are bounded in bytes, too: one may be
/// shorter than asked for, and only what says where the next begins says whether there is one. The context
/// outlives them.
endpoints rule_endpoints(server_context& context);

} // namespace sluice
