#pragma once

#include "metrics/latency_meter.hpp"
#include "metrics/meter_counter.hpp"
#include "model/flow/flow_snapshot.hpp"

#include <atomic>
#include <chrono>

namespace sluice {

/// The counters of one node while it runs: written by the node's actor alone, read by any thread without a
/// lock. Each number is exact; numbers read while the node works may be of slightly different instants. The
/// members mean what those of `node_counters` do. Meters stand side by side in a flow and each is written by
/// another core: none shares a cache line with its neighbour, nor the pair of lines that processors fetch
/// together.
struct alignas(128) node_meter {
  meter_counter in;
  meter_counter out;
  meter_counter errors;
  /// Set, not added to: messages inside the node, and in its outbox, now.
  meter_counter held;
  meter_counter outbox;
  meter_counter discarded;
  meter_counter unrouted;
  meter_counter control;
  meter_counter restarts;
  meter_counter stalls;
  std::atomic<node_status> status{node_status::starting};

  /// One slice of handlers took `duration`.
  void observe_slice(std::chrono::nanoseconds duration) noexcept;
  /// One tick came `lateness` after it was due.
  void observe_tick(std::chrono::nanoseconds lateness) noexcept;
  /// One control message reached its handler `latency` after it was sent; counts it in `control`, too.
  void observe_control(std::chrono::nanoseconds latency) noexcept;

  node_counters read() const noexcept;
  latency_histogram control_latency() const { return control_latency_.read(); }
  latency_histogram handler_time() const { return handler_time_.read(); }

private:
  meter_counter busy_ns_;
  meter_counter slices_;
  meter_counter ticks_;
  meter_counter tick_lateness_ns_;
  meter_counter tick_lateness_max_ns_;
  latency_meter control_latency_;
  latency_meter handler_time_;
};

} // namespace sluice
