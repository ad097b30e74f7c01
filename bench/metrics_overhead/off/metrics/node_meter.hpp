#pragma once

#include "metrics/meter_counter.hpp"
#include "model/flow/flow_snapshot.hpp"

#include <atomic>
#include <chrono>

namespace sluice {

/// Stands in for the real one in the core without meters: sees nothing.
struct node_meter {
  meter_counter in;
  meter_counter out;
  meter_counter errors;
  meter_counter held;
  meter_counter outbox;
  meter_counter discarded;
  meter_counter unrouted;
  meter_counter control;
  meter_counter restarts;
  meter_counter stalls;
  /// Not a number, and asked for by people, not by metrics: it stays.
  std::atomic<node_status> status{node_status::starting};

  void observe_slice(std::chrono::nanoseconds) noexcept {}
  void observe_tick(std::chrono::nanoseconds) noexcept {}
  void observe_control(std::chrono::nanoseconds) noexcept {}

  node_counters read() const noexcept { return {}; }
  latency_histogram control_latency() const { return {}; }
  latency_histogram handler_time() const { return {}; }
};

} // namespace sluice
