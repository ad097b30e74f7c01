#pragma once

#include "metrics/meter_counter.hpp"
#include "model/flow/flow_snapshot.hpp"

#include <chrono>
#include <vector>

namespace sluice {

/// A histogram of durations with the bounds of `latency_histogram`. One writer at a time, any readers, no
/// locks.
class latency_meter {
public:
  latency_meter() : counts_(latency_histogram::bounds().size() + 1) {}

  /// Counts one duration; a negative one (the clocks of two cores may differ) counts as zero.
  void observe(std::chrono::nanoseconds duration) noexcept;

  /// Returns a copy. Observations made meanwhile may be missing from the sum or the counts.
  latency_histogram read() const;

private:
  std::vector<meter_counter> counts_;
  meter_counter sum_ns_;
};

} // namespace sluice
