#pragma once

#include <cstdint>
#include <vector>

namespace sluice::bench {

/// What one run, or several of one tuning, saw.
struct sighting {
  /// Every latency, in nanoseconds, not rounded, in no order.
  std::vector<std::int64_t> latencies;
  /// Times that `send_control` had to be called again because all places were taken.
  std::uint64_t refusals = 0;
  /// Data messages that got through meanwhile, or in the idle scene the messages that were sent, and the
  /// seconds that this took.
  double messages = 0;
  double seconds = 0;

  void add(sighting more);
  /// Returns the latency that `share` of all are not above, by the nearest rank; 1 is the largest.
  double microseconds(double share);
};

} // namespace sluice::bench
