#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace sluice {

/// A response that goes on: server-sent events (each piece is sent as it is), or a WebSocket (each piece is
/// one text message). Any thread. A handle may outlive the connection and the listener, which closes all its
/// streams when it stops; it then takes nothing more.
class http_stream {
public:
  virtual ~http_stream() = default;

  /// Queues a piece. Returns false, and takes nothing, when more than `http_limits::stream_bytes` wait for
  /// the client already, or when the stream is closed.
  [[nodiscard]] virtual bool send(std::string piece) = 0;
  /// Sends what waits and `last`, if it is not empty, however much waits, then closes.
  /// @param code the WebSocket's close code (RFC 6455, 7.4), e.g. 1000, or 1008 for a client that is too
  /// slow.
  /// @param reason goes into the WebSocket's close frame; at most 123 bytes.
  virtual void close(std::string last, std::uint16_t code, std::string reason) = 0;
  /// Bytes that wait for the client.
  virtual std::size_t waiting() const = 0;
};

/// What a handler wants instead of a body.
struct stream_opening {
  bool websocket = false;
  /// Sent by the session when nothing was sent for `http_limits::heartbeat`; a WebSocket sends a ping
  /// instead.
  std::string heartbeat = ": keep-alive\n\n";
  /// Called once, on the network thread, when pieces may be sent.
  std::function<void(std::shared_ptr<http_stream>)> opened;
  /// Called on the network thread whenever the last of what waited was handed to the kernel.
  std::function<void()> drained = {};
  /// Called on the network thread about once a second while the stream is open, whatever the client takes.
  std::function<void()> looked = {};
  /// Called once, on the network thread, when the client is gone or the stream was closed; not if `opened`
  /// was never called.
  std::function<void()> closed = {};
};

} // namespace sluice
