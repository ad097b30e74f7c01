#pragma once

#include "runtime/embed/run_runtime.hpp"
#include "runtime/http/http_counters.hpp"

#include <string>

namespace sluice {

/// What a server has counted; all are there.
struct server_counts {
  const run_meters* runs;
  const store_meters* store;
  const event_bus_meters* bus;
  const janitor_meters* janitor;
  const http_counters* http;
  bool ready;
  bool worker_enabled;
};

/// Returns the families `sluice_run_*`, `sluice_worker_*`, `sluice_lease*`, `sluice_store_*`,
/// `sluice_event*`, `sluice_http_*` and `sluice_ready` as Prometheus text (docs/metrics.md).
std::string render_server(const server_counts& seen);

} // namespace sluice
