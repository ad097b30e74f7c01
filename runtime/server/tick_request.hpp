#pragma once

#include "runtime/http/http_message.hpp"
#include "runtime/server/server_context.hpp"

namespace sluice {

/// Takes one step of one run of the lane in the body, `{"env", "lane"}`, and replies when it has ended. The
/// worker's gate does not hold it up: somebody asked for it.
void answer_tick(server_context& context, const http_request& request, const http_reply& reply);

} // namespace sluice
