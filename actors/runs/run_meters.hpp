#pragma once

#include "model/run/tick_rules.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice {

/// What the actors of one runtime of runs have counted since they began; later `sluice_run*`, `sluice_step*`,
/// `sluice_worker_ticks_total` and `sluice_lease*`. Written by their threads, read by any.
struct run_meters {
  using counter = std::atomic<std::uint64_t>;

  /// Looks at lanes that would claim, by what they came to (`tick_outcome`); each run that was taken in hand
  /// counts as one `ticked`.
  std::array<counter, tick_outcome_count> claims{};
  /// Attempts that began here, and how they ended.
  counter attempts = 0;
  counter attempts_succeeded = 0;
  counter attempts_failed = 0;
  counter attempts_cancelled = 0;
  /// Runs that came to an end in these hands, by that end, and those that were given back.
  counter runs_succeeded = 0;
  counter runs_failed = 0;
  counter runs_cancelled = 0;
  counter runs_handed_back = 0;
  /// Runs that were given up because their lease was lost, or a write was refused.
  counter runs_given_up = 0;
  /// Now.
  counter leases_held = 0;
  counter lease_renewals = 0;
  /// The store failed to renew leases, and has not done so since.
  std::atomic<bool> renewals_fail = false;
  counter leases_lost = 0;
  /// Runs that were taken from owners who are gone.
  counter leases_reclaimed = 0;

  /// Adds `more` without ordering anything else.
  static void add(counter& to, std::uint64_t more = 1) noexcept {
    to.fetch_add(more, std::memory_order_relaxed);
  }
  counter& claims_with(tick_outcome outcome) noexcept { return claims[static_cast<std::size_t>(outcome)]; }
};

} // namespace sluice
