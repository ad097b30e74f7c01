#pragma once

#include "runtime/server/endpoint.hpp"
#include "runtime/server/server_context.hpp"

namespace sluice {

/// Live events of one run and of all, as server-sent events and over WebSockets. The context outlives them.
endpoints stream_endpoints(server_context& context);

} // namespace sluice
