#pragma once

#include "model/flow/flow_snapshot.hpp"
#include "runtime/cli/cli_streams.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// Returns `1,234,567`.
std::string grouped(std::uint64_t number);

/// Returns the messages of an edge that will never arrive: dropped, refused, replaced, evicted and discarded.
/// Merged ones (coalesced) live on in others.
std::uint64_t lost(const edge_counters& counters) noexcept;

/// Returns a line for the outcome and a table with every edge's account, for a person. Columns that are zero
/// in all edges are left out. Each line ends with a line feed.
std::string summary_table(const flow_summary& summary);

/// Returns one line per edge: rate since `before`, fill and losses; at most `size.rows - 1` lines, each at
/// most `size.columns` wide. The edges that are fullest come first when not all fit; otherwise the order is
/// the flow's.
std::vector<std::string> live_frame(const flow_snapshot& now, const flow_snapshot& before,
                                    std::chrono::nanoseconds elapsed, terminal_size size, bool colours);

} // namespace sluice
