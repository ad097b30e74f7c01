#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace sluice {

/// What a listener has done, for metrics. Written by the network thread, read by any.
struct http_counters {
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> open{0};
  /// Connections without a place, told or not.
  std::atomic<std::uint64_t> refused{0};
  /// Connections closed so that another could have their place.
  std::atomic<std::uint64_t> replaced{0};
  /// Answers by the first digit of their status: [2] is 2xx.
  std::array<std::atomic<std::uint64_t>, 6> answers{};
  /// Streams that are open.
  std::atomic<std::uint64_t> streams{0};
};

} // namespace sluice
