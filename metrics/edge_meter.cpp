#include "metrics/edge_meter.hpp"

#include <algorithm>
#include <thread>

namespace sluice {

namespace {

using counter_member = std::uint64_t edge_counters::*;

/// What the block holds: every counter that the edge's thread alone decides.
constexpr std::array<counter_member, 13> fields = {
    &edge_counters::capacity,         &edge_counters::offered,      &edge_counters::accepted,
    &edge_counters::dropped,          &edge_counters::refused_type, &edge_counters::refused_merge,
    &edge_counters::replaced,         &edge_counters::coalesced,    &edge_counters::evicted,
    &edge_counters::discarded,        &edge_counters::control,      &edge_counters::blocked_ns,
    &edge_counters::blocked_since_ns,
};

/// Tries before the reader starts to yield: the writer may be running on another core right now.
constexpr int eager_tries = 8;

} // namespace

void edge_meter::publish(const edge_counters& counters) noexcept {
  static_assert(fields.size() == field_count);
  const auto before = sequence_.load(std::memory_order_relaxed);
  sequence_.store(before + 1, std::memory_order_relaxed);
  // Release: whoever sees one of these values also sees the odd sequence above, and tries again.
  for (std::size_t i = 0; i < field_count; ++i)
    block_[i].store(counters.*fields[i], std::memory_order_release);
  sequence_.store(before + 2, std::memory_order_release);
}

bool edge_meter::try_read(edge_counters& out) const noexcept {
  const auto before = sequence_.load(std::memory_order_acquire);
  if (before % 2 != 0)
    return false;
  // Acquire: the second look at the sequence must not move ahead of these.
  for (std::size_t i = 0; i < field_count; ++i)
    out.*fields[i] = block_[i].load(std::memory_order_acquire);
  return sequence_.load(std::memory_order_relaxed) == before;
}

edge_counters edge_meter::read() const noexcept {
  edge_counters now;
  for (int tries = 0; !try_read(now); ++tries)
    if (tries >= eager_tries)
      std::this_thread::yield();
  const auto survivors = now.accepted - now.replaced - now.coalesced - now.evicted - now.discarded;
  // More may have been delivered than the block knows of; those were accepted after it.
  now.delivered = std::min(delivered_.load(std::memory_order_acquire), survivors);
  now.depth = survivors - now.delivered;
  return now;
}

} // namespace sluice
