#pragma once

#include <cstdint>
#include <functional>

namespace sluice {

/// Returns 64 bits, each value as likely as any other. Passed in wherever chance matters (ids, jitter), so
/// that tests and simulations repeat exactly. Not shared between threads.
using random_source = std::function<std::uint64_t()>;

/// Returns a number from 0 (included) to 1 (not included) made of one draw's upper 53 bits.
inline double unit_interval(const random_source& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

} // namespace sluice
