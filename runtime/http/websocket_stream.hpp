#pragma once

#include "runtime/http/stream_connection.hpp"

#include <memory>
#include <string>

namespace sluice {

/// Answers a WebSocket handshake and goes on with the WebSocket (RFC 6455): each piece is one text message.
/// Pings are answered and, when the client is silent, sent; its messages, of at most 4 KiB, are ignored.
/// @param request one for which `asks_for_websocket` is true.
/// @param more what the client sent behind the request.
void start_websocket_stream(listener_context& context, std::unique_ptr<transport> wire,
                            std::shared_ptr<stream_opening> opening, const http_request& request,
                            std::string more);

} // namespace sluice
