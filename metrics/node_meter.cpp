#include "metrics/node_meter.hpp"

#include <algorithm>
#include <cstdint>

namespace sluice {

namespace {

std::uint64_t count_of(std::chrono::nanoseconds duration) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
}

} // namespace

void node_meter::observe_slice(std::chrono::nanoseconds duration) noexcept {
  busy_ns_.add(count_of(duration));
  slices_.add();
  handler_time_.observe(duration);
}

void node_meter::observe_tick(std::chrono::nanoseconds lateness) noexcept {
  ticks_.add();
  tick_lateness_ns_.add(count_of(lateness));
  tick_lateness_max_ns_.raise(count_of(lateness));
}

void node_meter::observe_control(std::chrono::nanoseconds latency) noexcept {
  control.add();
  control_latency_.observe(latency);
}

node_counters node_meter::read() const noexcept {
  node_counters now;
  now.in = in.get();
  now.out = out.get();
  now.errors = errors.get();
  now.held = held.get();
  now.outbox = outbox.get();
  now.discarded = discarded.get();
  now.unrouted = unrouted.get();
  now.control = control.get();
  now.restarts = restarts.get();
  now.stalls = stalls.get();
  now.busy_ns = busy_ns_.get();
  now.slices = slices_.get();
  now.ticks = ticks_.get();
  now.tick_lateness_ns = tick_lateness_ns_.get();
  now.tick_lateness_max_ns = tick_lateness_max_ns_.get();
  return now;
}

} // namespace sluice
