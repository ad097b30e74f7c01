#include "bench/control_latency/sighting.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::bench {

void sighting::add(sighting more) {
  latencies.insert(latencies.end(), more.latencies.begin(), more.latencies.end());
  refusals += more.refusals;
  messages += more.messages;
  seconds += more.seconds;
}

double sighting::microseconds(double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies.size())));
  const auto place =
      latencies.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(rank, 1, latencies.size()) - 1);
  std::nth_element(latencies.begin(), place, latencies.end());
  return static_cast<double>(*place) / 1e3;
}

} // namespace sluice::bench
