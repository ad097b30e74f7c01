#pragma once

#include "runtime/server/endpoint.hpp"
#include "runtime/server/server_context.hpp"

namespace sluice {

/// `/api/v1/rules/validate`: says what is wrong with files of rules, and changes nothing.
/// `/api/v1/rules/sync`: copies the directory of the settings into the database now. The context outlives
/// them.
endpoints rule_file_endpoints(server_context& context);

} // namespace sluice
