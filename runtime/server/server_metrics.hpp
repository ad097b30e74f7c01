#pragma once

#include "persistence/store/run_store.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "runtime/http/http_counters.hpp"

#include <optional>
#include <string>

namespace sluice {

/// What a server has counted; all pointers are set.
struct server_counts {
  const run_meters* runs;
  const store_meters* store;
  const event_bus_meters* bus;
  const janitor_meters* janitor;
  const http_counters* http;
  bool ready;
  bool worker_enabled;
  /// Runs by status; nothing while that is not known.
  std::optional<run_counts> runs_there = {};
};

/// Returns the families `sluice_run*`, `sluice_worker_*`, `sluice_lease*`, `sluice_store_*`,
/// `sluice_event*`, `sluice_http_*` and `sluice_ready` as Prometheus text (docs/metrics.md).
std::string render_server(const server_counts& seen);

} // namespace sluice
