#include "metrics/latency_meter.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace sluice {

void latency_meter::observe(std::chrono::nanoseconds duration) noexcept {
  const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  const auto& bounds = latency_histogram::bounds();
  // A bound belongs to its bucket, as Prometheus' `le` says: hence the first bound that is not below.
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), nanoseconds) - bounds.begin();
  counts_[static_cast<std::size_t>(bucket)].add();
  sum_ns_.add(nanoseconds);
}

latency_histogram latency_meter::read() const {
  latency_histogram copy;
  copy.counts.reserve(counts_.size());
  for (const auto& count : counts_)
    copy.counts.push_back(count.get());
  copy.sum_ns = sum_ns_.get();
  return copy;
}

} // namespace sluice
