#pragma once

#include "model/base/log.hpp"
#include "runtime/config/environment.hpp"
#include "runtime/config/server_settings.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace sluice {

/// What else a server is made with.
struct server_surroundings {
  log_sink log = {};
  /// SLUICE_WORKER_ENABLED, if it is set.
  std::optional<std::string> worker_environment = {};
  /// Of this build, as shown.
  std::string version = {};
  /// What `${NAME}` stands for in the graphs of the settings.
  environment_lookup environment = {};
};

/// `sluice serve` as an object: runs, flows and their HTTP API. One thread uses it.
class server {
public:
  /// Opens the database, listens, starts the flows of the settings and the worker, if it may. Throws `error`:
  /// what opening a store does, `cannot_listen`, `not_loopback`, `bad_configuration`, `invalid_graph`.
  server(const server_settings& settings, server_surroundings surroundings);
  /// Ends what still runs, with a bound.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// `http://127.0.0.1:9464`.
  std::string url() const;
  /// Why the worker is on or off.
  std::string worker_reason() const;

  /// Takes what may change while running: tokens, keys, certificates, which requests are logged. Streams
  /// whose token does not count any more end within about a second. Throws, and keeps everything as it was,
  /// when one of them cannot be used.
  void reload(const server_settings& settings);

  /// Not ready from here on: nothing new is claimed or started, runs go on to a step boundary, flows drain.
  /// Returns at once. `time`: after it what is left is interrupted.
  void begin_stop(std::chrono::milliseconds time);
  /// Returns whether everything has ended within `time`.
  bool wait_until_stopped(std::chrono::nanoseconds time);
  /// After that: whether something had to be interrupted.
  bool cut_off() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace sluice
