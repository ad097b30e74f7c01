#pragma once

#include "model/base/log.hpp"
#include "runtime/http/http_counters.hpp"
#include "runtime/http/http_limits.hpp"
#include "runtime/http/http_message.hpp"
#include "runtime/http/loopback.hpp"
#include "runtime/http/tls_context.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace sluice {

/// How an HTTP server serves.
struct http_listener_settings {
  http_limits limits = {};
  /// Without: plain HTTP.
  std::optional<tls_files> tls = {};
  /// Is told of every answered request (`http_request`: debug up to status 399, info above) and of failures
  /// of the server itself. May be empty.
  log_sink log = {};
  /// Answers below this level are not even put into words.
  log_level least = log_level::debug;
};

/// An HTTP server on one address, with one network thread of its own.
class http_listener {
public:
  /// Binds and listens: clients may connect, and wait until `start`. Throws `error("cannot_listen")`, naming
  /// the address and what the system said, and `error("bad_certificate")` as `tls_context` does.
  explicit http_listener(const listen_address& address, http_listener_settings settings = {});
  /// Stops.
  ~http_listener();
  http_listener(const http_listener&) = delete;
  http_listener& operator=(const http_listener&) = delete;

  /// Begins to serve. Once.
  void start(http_handler handler);
  /// Takes no new connections from now on, and closes each one after the answer it waits for. Streams go on
  /// until they are closed. Any thread; does not wait.
  void drain();
  /// Closes all streams in order, after what waits in them: a WebSocket with 1001 (going away). Any thread;
  /// does not wait.
  void close_streams();
  /// After `drain`: whether all connections have ended within `time`. It is looked at a few times a second.
  /// Not on the network thread.
  bool wait_until_closed(std::chrono::nanoseconds time);
  /// Stops serving, cutting off what is under way, and waits for the network thread; streams that are open
  /// are told `closed` before. After that no handler is called. Replies and streams may still be used, in
  /// vain. May be called again; not on the network thread.
  void stop() noexcept;

  /// Reads the certificate and key again, for connections that come from now on; open ones keep theirs.
  /// Throws as the constructor, and then nothing has changed. Nothing to do without TLS. Any thread.
  void reload_tls();

  /// Answers below this level are not put into words from now on. Any thread.
  void set_least(log_level least) noexcept;

  /// The address with the port that is really used.
  const listen_address& address() const noexcept;
  const http_counters& counters() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace sluice
