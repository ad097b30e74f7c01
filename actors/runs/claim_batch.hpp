#pragma once

#include "actors/runs/run_conductor.hpp"
#include "actors/runs/run_surroundings.hpp"
#include "model/run/tick_rules.hpp"
#include "persistence/operations/claim_run.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sluice {

/// What a worker wants of one lane.
struct claim_order {
  lane_queue from;
  /// Runs, at most.
  std::size_t count = 1;
  std::size_t parallel_steps = defaults::parallel_steps;
  /// What the invocation has used, and how many attempts each run may begin: no more than its caps leave.
  tick_budget budget{{}};
  std::optional<std::uint64_t> ticks_of_run = {};
  std::chrono::milliseconds patience{0};
};

/// A run that was claimed, and what was written with the claim.
struct claimed_conductor {
  run_conductor conductor;
  std::uint64_t token = 0;
  /// Its attempts begin now; none: the first turn is still to be taken.
  std::optional<run_turn> first;
  /// Ticks that were counted against the invocation's caps: those begun, or one that may be.
  std::uint64_t counted = 0;
  /// It has left already: nothing was to be done, or the lane allows no more.
  bool left = false;
};

struct claim_batch {
  std::vector<claimed_conductor> runs;
  /// Pauses, cancels and crash loops that were settled on the spot.
  std::size_t settled = 0;
  /// Why there are no more: `ticked` when as many as wanted were found.
  tick_outcome outcome = tick_outcome::ticked;
};

/// Inside a transaction: claims runs of one lane. Unless a policy is to be asked, which is for a thread that
/// may wait, the first attempts are begun in the same transaction.
claim_batch claim_batch_of(store& in, const claim_order& order, const run_surroundings& around, utc_time now);

} // namespace sluice
