#pragma once

#include <chrono>
#include <cstddef>

namespace sluice {

/// What the HTTP server allows a client.
struct http_limits {
  /// Connections served at a time. When there are as many, a new one takes the place of the one that is
  /// easiest to miss: the one that has been idle between two requests for longest; else the one whose request
  /// has been incomplete for longest, if that is at least `patience`. So neither clients that keep
  /// connections for later nor a slow-loris attack keep others out, while a rush of proper clients does not
  /// push out its own. Requests at work, answers and streams are never cut for others.
  std::size_t connections = 512;
  /// How long a client that has not sent its whole request is safe from being replaced.
  std::chrono::milliseconds patience{1'000};
  /// Connections without a place: so many at a time are told 503, those beyond are closed without a word.
  std::size_t refusals = 64;
  /// Bytes of a request's first line and fields: beyond, 431.
  std::size_t header_bytes = 16 * 1024;
  /// Bytes of a request's body: beyond, 413.
  std::size_t body_bytes = 64 * 1024;
  /// Bytes of all bodies that are in memory at a time, so that many clients with large bodies cannot exhaust
  /// it: beyond, 503.
  std::size_t all_bodies_bytes = 128 * 1024 * 1024;
  /// For a connection's TLS handshake and for a request's header to arrive, from its first byte (or from the
  /// connection's beginning) on: beyond, 408 if something came, and the connection is closed.
  std::chrono::milliseconds read_timeout{10'000};
  /// A body has `read_timeout` and the time that its bytes take at this speed, in bytes per second.
  std::size_t body_speed = 16 * 1024;
  /// For the next request to begin on a connection that is kept.
  std::chrono::milliseconds idle_timeout{60'000};
  /// For a client to take a whole response; on a stream, the next 64 KiB.
  std::chrono::milliseconds write_timeout{30'000};
  /// For a client to close a connection it was told to close, so that it can read the response before; anew
  /// with whatever it still sends, up to `write_timeout` in all.
  std::chrono::milliseconds linger{1'000};
  /// Bytes that may wait for a slow reader of a stream.
  std::size_t stream_bytes = 1024 * 1024;
  /// A stream that is silent for this long sends a sign of life. The peer of a WebSocket that leaves a ping
  /// unanswered for as long is taken for dead.
  std::chrono::milliseconds heartbeat{15'000};
};

} // namespace sluice
