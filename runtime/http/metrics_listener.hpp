#pragma once

#include "runtime/http/http_limits.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace sluice {

/// Serves `/metrics` and `/healthz` to this machine: `sluice run --listen ADDRESS`.
/// Errors are `{"error": {"code", "message", "detail"}}`.
class metrics_listener {
public:
  /// Listens at once, with two threads of its own: the network's, and one that renders.
  /// @param address `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`; port 0 is any free one.
  /// @param render makes the Prometheus text. Called on the rendering thread, one call at a time; clients who
  /// ask meanwhile
  ///               share the next. An exception becomes 500. Must return by itself: the destructor waits for
  ///               it.
  /// Throws `error("cannot_listen")` for an address that is malformed, taken or forbidden, and
  /// `error("not_loopback")` for one that other machines can reach.
  metrics_listener(const std::string& address, std::function<std::string()> render, http_limits limits = {});
  /// Stops: what is under way is cut off.
  ~metrics_listener();
  metrics_listener(const metrics_listener&) = delete;
  metrics_listener& operator=(const metrics_listener&) = delete;

  /// The port that is really used.
  std::uint16_t port() const noexcept;
  /// Host and port, as in a URL.
  std::string address() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace sluice
