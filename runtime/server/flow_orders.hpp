#pragma once

#include "runtime/server/endpoint.hpp"
#include "runtime/server/flow_keeper.hpp"
#include "runtime/server/server_context.hpp"

#include <functional>
#include <string>

namespace sluice {

/// Orders to flows that run: stop, pause, resume, a control message to a node, a change to an edge. Both
/// outlive the endpoints.
endpoints flow_orders(flow_keeper& keeper, server_context& context);

/// Returns the flow in the path of `request`. Throws `error("bad_id")`, `error("not_found")`.
kept_flow require_flow(const flow_keeper& keeper, const http_request& request);

/// Does something and replies, from whatever thread.
using audited_act = std::function<void(const http_reply& reply)>;

/// Mutations of flows are not rows, so each is audited first and then done: `act` is called, on the store's
/// thread, once the audit row is durable. When the store cannot take the row, nothing is done and the answer
/// is its error (503). What `act` throws becomes the answer. An answer that is a refusal (status 400 and
/// above) goes out once a second row says so: the same action and subject, and in its detail `refused`, the
/// code.
void act_audited(const server_context& context, const http_request& request, std::string action,
                 std::string subject, std::string detail, const http_reply& reply, audited_act act);

} // namespace sluice
