#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Rules up to which each has a series of its own; beyond, the hits of all are one series, `rule="*"`.
inline constexpr std::size_t rule_detail_limit = 1000;

/// What the keepers of one process have counted, and the rules that are in force.
struct rule_counts {
  // Rules by the mode of their state, as it is in force now.
  std::uint64_t enabled = 0;
  std::uint64_t disabled = 0;
  std::uint64_t clipped = 0;
  // Changes taken in, by kind.
  std::uint64_t defined = 0;
  std::uint64_t removed = 0;
  std::uint64_t states = 0;
  std::uint64_t expired = 0;
  std::uint64_t findings = 0;
  std::uint64_t compilations = 0;
  std::uint64_t compile_nanoseconds = 0;
  /// How often each rule in force has matched; the same id may come more than once.
  std::vector<std::pair<std::string, std::uint64_t>> hits = {};
  /// Places whose rules are kept; without any, nothing is exported.
  std::size_t places = 0;
};

/// Returns the families `sluice_rule*` as Prometheus text (docs/metrics.md).
std::string render_rules(const rule_counts& seen);

} // namespace sluice
