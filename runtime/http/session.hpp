#pragma once

#include "runtime/http/listener_context.hpp"

#include <memory>

namespace sluice {

/// Serves HTTP/1.1 on a new connection until its end: keep-alive, one request at a time, under the limits of
/// `context`, whose table owns it from now on. When the answer is a stream, another connection of the table
/// goes on with it. Thread: the network's.
/// @param refused there is no place for it: its first request is answered with 503.
void start_session(listener_context& context, std::unique_ptr<transport> wire, bool refused);

} // namespace sluice
