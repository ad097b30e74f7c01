#pragma once

#include "runtime/http/stream_connection.hpp"

#include <memory>

namespace sluice {

/// Goes on with a response whose header was written: what is sent through the stream becomes its body, as
/// much as waits at a time in one write. The client is gone when its side of the connection ends.
/// @param chunked HTTP/1.1; else the body lasts until the connection's end.
void start_event_stream(listener_context& context, std::unique_ptr<transport> wire,
                        std::shared_ptr<stream_opening> opening, bool chunked);

} // namespace sluice
