#pragma once

#include "runtime/http/http_limits.hpp"
#include "runtime/http/http_message.hpp"

#include <atomic>
#include <cstddef>

namespace boost::asio {
class io_context;
}

namespace sluice {

/// What all connections of a server share. Outlives the `io_context` that runs them.
struct session_settings {
  http_limits limits;
  http_handler handler;
  /// Connections that are open. Atomic because a reply may hold the last reference to one.
  std::atomic<std::size_t> open{0};
};

/// Serves one connection until its end: HTTP/1.1 with keep-alive, one request at a time, under the limits of
/// `settings`. A connection beyond `limits.connections` gets one answer: 503. Owns itself, by what it waits
/// for. Thread: the one that runs `network`.
/// @param descriptor a connected TCP socket; taken over.
/// @param v6 whether it is an IPv6 socket.
void start_session(boost::asio::io_context& network, session_settings& settings, int descriptor, bool v6);

} // namespace sluice
