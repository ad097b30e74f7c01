#pragma once

#include "model/edge/policy.hpp"
#include "model/flow/flow_snapshot.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/support/chain.hpp"

/// One source, one edge with a policy, one sink.
namespace sluice::bench {

/// Messages of 64 bytes.
using numbered = sample<24>;

/// How the two ends of the edge move.
enum class pressure {
  never_full, ///< the source keeps at most half the capacity under way; the sink is fast
  full,       ///< the source is as fast as it can be; the sink works 200 ns for every message
};

/// One policy under test.
struct policy_case {
  std::string name;
  edge_settings settings;
};

/// Returns the five policies at capacity 1024; `latest` once without a key and once with so many keys that
/// the edge can be `full`, or cannot.
std::vector<policy_case> policy_cases(pressure under);

/// What one run offered and what became of it.
struct policy_outcome {
  double seconds = 0;
  edge_counters counters;
};

/// Offers `count` messages. Throws `error("wrong_accounting")` unless the edge balances, every message is
/// accounted for by the counter that its policy names, and the sink saw what the edge says it delivered.
policy_outcome run_policy(const policy_case& which, pressure under, std::uint64_t count);

} // namespace sluice::bench
