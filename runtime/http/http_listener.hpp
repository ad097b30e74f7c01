#pragma once

#include "runtime/http/http_limits.hpp"
#include "runtime/http/http_message.hpp"
#include "runtime/http/loopback.hpp"

#include <memory>

namespace sluice {

/// An HTTP server on one address, with one network thread of its own.
class http_listener {
public:
  /// Binds and listens: clients may connect, and wait until `start`. Throws `error("cannot_listen")`, naming
  /// the address and what the system said.
  explicit http_listener(const listen_address& address, http_limits limits = {});
  /// Stops.
  ~http_listener();
  http_listener(const http_listener&) = delete;
  http_listener& operator=(const http_listener&) = delete;

  /// Begins to serve. Once.
  void start(http_handler handler);
  /// Stops serving, cutting off what is under way, and waits for the network thread. After that no handler is
  /// called. Replies may still be used until this object is destroyed. May be called again.
  void stop() noexcept;

  /// The address with the port that is really used.
  const listen_address& address() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace sluice
