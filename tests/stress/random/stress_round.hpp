#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice::stress {

struct round_limits {
  /// Longest that a flow may take to end.
  std::chrono::seconds patience{120};
  /// Longest that a flow may take to end when it is aborted.
  std::chrono::seconds abort_patience{60};
  /// Never the stealing scheduler: the thread sanitizer cannot see how its queues are synchronised.
  bool sharing_only = false;
};

/// What a round did, for the count at the end of a run.
struct round_result {
  std::size_t flows = 0;
  std::uint64_t messages = 0;
  /// Empty, or everything about the failure: seed, graphs, counters, recent log.
  std::string failure;
  /// Not even an abort ended a flow: its runtime cannot be destroyed in good order, so leave at once.
  bool hangs = false;
};

/// Runs one to three random graphs in one runtime, looks at their counters all the time, does something to
/// them, and checks how they end. The same seed makes the same graphs and the same plan.
round_result run_round(std::uint64_t seed, const round_limits& limits);

} // namespace sluice::stress
