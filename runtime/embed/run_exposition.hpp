#pragma once

#include "actors/runs/event_bus_meters.hpp"
#include "actors/runs/run_meters.hpp"
#include "actors/store/janitor_meters.hpp"
#include "persistence/requests/store_meters.hpp"

#include <memory>

namespace sluice {

class exposition;

/// Everything that a runtime of runs counts. Any thread reads it.
struct run_readings {
  std::shared_ptr<const run_meters> runs;
  std::shared_ptr<const store_meters> store;
  std::shared_ptr<const event_bus_meters> bus;
  std::shared_ptr<const janitor_meters> janitor;
};

/// The same, for a moment.
struct seen_run_readings {
  const run_meters* runs;
  const store_meters* store;
  const event_bus_meters* bus;
  const janitor_meters* janitor;
};

/// Adds the families `sluice_worker_ticks_total`, `sluice_run_*`, `sluice_lease*`, `sluice_store_*`,
/// `sluice_retention_*` and `sluice_event_*` (docs/metrics.md).
void add_runs(exposition& out, const seen_run_readings& seen);

} // namespace sluice
