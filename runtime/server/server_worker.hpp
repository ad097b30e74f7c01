#pragma once

#include "model/run/worker_gate.hpp"
#include "runtime/config/server_settings.hpp"
#include "runtime/embed/run_runtime.hpp"

#include <atomic>
#include <chrono>
#include <string>

namespace sluice {

/// The worker of a server: off unless enabled, with the reason.
class server_worker {
public:
  /// The runtime must outlive it. Throws `error("bad_name")` for a lane that is none.
  server_worker(run_runtime& runs, const server_settings::worker_settings& settings,
                worker_permission permission);

  /// Starts it if it may.
  void start();
  /// Nothing new is claimed; steps under way get `grace`. Returns at once.
  void stop(std::chrono::milliseconds grace);
  /// Whether it has ended, waiting at most `time`.
  bool wait(std::chrono::nanoseconds time);

  const worker_permission& permission() const noexcept { return permission_; }
  /// What `GET /api/v1/worker` answers.
  std::string status_json() const;

private:
  run_runtime& runs_;
  worker_options options_;
  worker_permission permission_;
  std::atomic<bool> running_{false};
};

} // namespace sluice
