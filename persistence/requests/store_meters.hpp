#pragma once

#include <atomic>
#include <cstdint>

namespace sluice {

/// What the actors of one store have counted since they began; later `sluice_store_*`. Written by their
/// threads, read by any: each number is exact, together they are not one moment.
struct store_meters {
  using counter = std::atomic<std::uint64_t>;

  /// Requests to write that were finished, and the transactions they were in.
  counter requests = 0;
  counter groups = 0;
  /// Requests in the groups that were committed: divided by `groups` it is the usual size.
  counter grouped_requests = 0;
  /// Time in commits, in nanoseconds.
  counter commit_nanoseconds = 0;
  /// Groups that were rolled back and begun again because one of their requests was refused.
  counter rolled_back_groups = 0;
  /// Requests to read that were finished.
  counter reads = 0;

  /// Requests that failed: because of the medium (`store_…`), because what they asked for is not possible, or
  /// because of a defect of ours.
  counter store_failures = 0;
  counter refusals = 0;
  counter internal_failures = 0;
  /// Of the refusals: writes of an owner whose lease somebody else has by now (`stale_token`).
  counter stale_tokens = 0;

  /// Adds `more` without ordering anything else.
  static void add(counter& to, std::uint64_t more = 1) noexcept {
    to.fetch_add(more, std::memory_order_relaxed);
  }
};

} // namespace sluice
