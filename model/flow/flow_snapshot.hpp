#pragma once

#include "model/edge/policy.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// The counters of one edge at one instant. In every snapshot
/// `offered = accepted + dropped + refused` and
/// `accepted = delivered + replaced + coalesced + evicted + discarded + depth`, and
/// `depth <= capacity`, unless the capacity was lowered just now.
struct edge_counters {
  std::uint64_t capacity = 0;
  std::uint64_t offered = 0;
  std::uint64_t accepted = 0;
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;
  /// Messages whose payload did not fit the port, and failed merges.
  std::uint64_t refused_type = 0;
  std::uint64_t refused_merge = 0;
  std::uint64_t replaced = 0;
  std::uint64_t coalesced = 0;
  std::uint64_t evicted = 0;
  std::uint64_t discarded = 0;
  std::uint64_t depth = 0;
  /// Control messages forwarded; outside the identity.
  std::uint64_t control = 0;
  /// Time in which the producer had no credit, in nanoseconds.
  std::uint64_t blocked_ns = 0;
  /// Since when it has none, on the monotonic clock; 0 when it has some. Snapshots count it in `blocked_ns`.
  std::uint64_t blocked_since_ns = 0;

  std::uint64_t refused() const noexcept { return refused_type + refused_merge; }
  /// True when both identities hold.
  bool adds_up() const noexcept {
    return offered == accepted + dropped + refused() &&
           accepted == delivered + replaced + coalesced + evicted + discarded + depth;
  }
  /// True when they hold and the depth is within the capacity. It always is, but for a while after somebody
  /// lowered the capacity: nothing that was accepted is thrown away for that.
  bool balanced() const noexcept { return adds_up() && depth <= capacity; }
};

/// The counters of one node at one instant.
struct node_counters {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t errors = 0;
  std::uint64_t held = 0;
  std::uint64_t outbox = 0;
  std::uint64_t discarded = 0;
  /// Emitted on an output that no edge leaves.
  std::uint64_t unrouted = 0;
  std::uint64_t control = 0;
  std::uint64_t restarts = 0;
  /// Handlers that took longer than `defaults::stall`.
  std::uint64_t stalls = 0;
  /// Time inside handlers, in nanoseconds, and the number of slices it was measured over.
  std::uint64_t busy_ns = 0;
  std::uint64_t slices = 0;
  std::uint64_t ticks = 0;
  /// Sum and largest of how late ticks were, in nanoseconds.
  std::uint64_t tick_lateness_ns = 0;
  std::uint64_t tick_lateness_max_ns = 0;
};

/// Counts of observations below fixed bounds, like a Prometheus histogram.
struct latency_histogram {
  /// Upper bounds in nanoseconds, ascending; `counts` has one more entry, for what is above the last.
  static const std::vector<std::uint64_t>& bounds();
  std::vector<std::uint64_t> counts;
  std::uint64_t sum_ns = 0;
};

struct edge_snapshot {
  std::string id;
  std::string from;
  std::string to;
  overflow_policy policy = overflow_policy::block;
  priority_band band = priority_band::normal;
  edge_counters counters;
};

/// What a node is doing. `ending`: its inputs have ended, and what it emitted is still on its way out.
enum class node_status : std::uint8_t { starting, running, paused, restarting, ending, ended, aborted };

std::string_view to_string(node_status status) noexcept;

struct node_snapshot {
  std::string id;
  std::string type;
  node_counters counters;
  /// Time from the sending of a control message to its handler at this node.
  latency_histogram control_latency;
  /// Time per slice of handlers.
  latency_histogram handler_time;
  node_status status = node_status::starting;
};

enum class flow_status : std::uint8_t { starting, running, paused, draining, finished, failed, aborted };

std::string_view to_string(flow_status status) noexcept;

/// A whole flow at one instant; each edge is one consistent block.
struct flow_snapshot {
  std::string name;
  flow_status status = flow_status::starting;
  std::vector<node_snapshot> nodes;
  std::vector<edge_snapshot> edges;
};

/// How a flow ended.
struct flow_summary {
  flow_snapshot final;
  /// `finished`, `failed` or `aborted`.
  flow_status outcome = flow_status::finished;
  /// Why, unless it finished.
  std::string reason;
  /// The drain deadline cut something off; `discarded` says how many messages.
  bool deadline_exceeded = false;
  std::uint64_t discarded = 0;
  /// Nodes whose handler did not return in time.
  std::vector<std::string> stuck;
  std::uint64_t duration_ns = 0;
};

} // namespace sluice
