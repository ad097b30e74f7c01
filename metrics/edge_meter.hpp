#pragma once

#include "model/flow/flow_snapshot.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice {

/// The counters of one edge while it runs, such that every read balances (`edge_counters::balanced`).
///
/// The edge's thread publishes all its counters as one block under a sequence lock; the consumer's thread
/// publishes how many messages it was handed, on a cache line of its own. A read takes the block first and
/// `delivered` second: the block is of one instant, and messages delivered since then only make the depth
/// smaller. Hence the identities are exact and the depth is never above capacity.
///
/// Two rules keep `delivered` from ever going back between two reads: the edge publishes before it hands
/// messages to the consumer, and the consumer calls `set_delivered` before it returns credit for them.
///
/// Threads: one edge thread, one consumer thread, any number of readers; no locks and no locked instructions.
/// Algorithm: H.-J. Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012, in
/// the form with release stores and acquire loads of the data instead of fences: plain moves on x86, and
/// thread sanitizers follow it.
class edge_meter {
public:
  /// Publishes all of `counters` but `delivered` and `depth`. Edge thread. About 15 plain stores.
  void publish(const edge_counters& counters) noexcept;

  /// Publishes the messages handed to the consumer's handler so far. Consumer's thread.
  void set_delivered(std::uint64_t total) noexcept { delivered_.store(total, std::memory_order_release); }

  /// Returns what `set_delivered` said last. Any thread.
  std::uint64_t read_delivered() const noexcept { return delivered_.load(std::memory_order_acquire); }

  /// Returns the counters of one instant. Any thread. Tries again while a publication is under way, giving up
  /// the processor between tries: a publication is a few nanoseconds of straight code, so the wait ends.
  edge_counters read() const noexcept;

private:
  /// The counters in the block, in the order of `fields`.
  static constexpr std::size_t field_count = 13;
  static constexpr std::size_t cache_line = 64;

  /// Copies the block into `out`; false when a publication interfered.
  bool try_read(edge_counters& out) const noexcept;

  alignas(cache_line) std::atomic<std::uint64_t> sequence_{0};
  std::array<std::atomic<std::uint64_t>, field_count> block_{};
  alignas(cache_line) std::atomic<std::uint64_t> delivered_{0};
};

} // namespace sluice
