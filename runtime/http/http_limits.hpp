#pragma once

#include <chrono>
#include <cstddef>

namespace sluice {

/// What the HTTP server allows a client.
struct http_limits {
  /// Connections served at a time. The next `refusals` are told 503; those beyond are closed without a word.
  std::size_t connections = 512;
  std::size_t refusals = 64;
  /// Bytes of a request's first line and fields: beyond, 431.
  std::size_t header_bytes = 16 * 1024;
  /// Bytes of a request's body: beyond, 413.
  std::size_t body_bytes = 64 * 1024;
  /// For a whole request to arrive, from the end of the one before: beyond, the connection is closed.
  std::chrono::milliseconds read_timeout{10'000};
  /// For a client to take a whole response.
  std::chrono::milliseconds write_timeout{30'000};
  /// For a client to close a connection it was told to close, so that it can read the response before.
  std::chrono::milliseconds linger{1'000};
};

} // namespace sluice
