#pragma once

#include "model/flow/flow_snapshot.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice {

/// Stands in for the real one in the core without meters: keeps only what an edge must know of its consumer,
/// how much was delivered, and publishes nothing.
class edge_meter {
public:
  void publish(const edge_counters&) noexcept {}
  void set_delivered(std::uint64_t total) noexcept { delivered_.store(total, std::memory_order_release); }
  std::uint64_t read_delivered() const noexcept { return delivered_.load(std::memory_order_acquire); }
  edge_counters read() const noexcept { return {}; }

private:
  static constexpr std::size_t cache_line = 64;
  alignas(cache_line) std::atomic<std::uint64_t> delivered_{0};
};

} // namespace sluice
