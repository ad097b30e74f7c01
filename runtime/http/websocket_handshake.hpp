#pragma once

#include "runtime/http/http_message.hpp"

namespace sluice {

/// True for a request that opens a WebSocket in order (RFC 6455, 4.2.1): a GET of HTTP/1.1 without a body,
/// `Connection: Upgrade`, `Upgrade: websocket`, version 13, and a key of 16 bytes in base64.
bool asks_for_websocket(const http_request& request);

/// Returns what a route that speaks only WebSocket tells others: 426, with `Upgrade` and
/// `Sec-WebSocket-Version`.
http_response websocket_required();

} // namespace sluice
