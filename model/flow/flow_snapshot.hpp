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
  /// The most messages that may wait.
  std::uint64_t capacity = 0;
  /// Messages that its producer gave it.
  std::uint64_t offered = 0;
  /// Messages that it took.
  std::uint64_t accepted = 0;
  /// Messages that a handler of its consumer got.
  std::uint64_t delivered = 0;
  /// Messages it did not take because it was full (`drop`).
  std::uint64_t dropped = 0;
  /// Messages whose payload did not fit the port.
  std::uint64_t refused_type = 0;
  /// Messages whose merge or key failed.
  std::uint64_t refused_merge = 0;
  /// Messages that a newer one of the same key took the place of (`latest`).
  std::uint64_t replaced = 0;
  /// Messages that were merged into one that waited (`coalesce`).
  std::uint64_t coalesced = 0;
  /// Messages given up for newer ones (`drop_oldest`, and `latest` with too many keys).
  std::uint64_t evicted = 0;
  /// Messages given up because the flow was aborted, or its drain deadline passed.
  std::uint64_t discarded = 0;
  /// Messages that wait now.
  std::uint64_t depth = 0;
  /// Control messages forwarded; outside the identity.
  std::uint64_t control = 0;
  /// Time in which the producer had no credit, in nanoseconds.
  std::uint64_t blocked_ns = 0;
  /// Since when it has none, on the monotonic clock; 0 when it has some. Snapshots count it in `blocked_ns`.
  std::uint64_t blocked_since_ns = 0;

  /// Messages it did not take for what they are.
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
  /// Messages that its handler got, each once.
  std::uint64_t in = 0;
  /// Messages that it emitted.
  std::uint64_t out = 0;
  /// Errors that it had.
  std::uint64_t errors = 0;
  /// Messages that it keeps inside now (`node_context::set_held`, `defer`).
  std::uint64_t held = 0;
  /// Messages that it emitted and its edges have no room for now.
  std::uint64_t outbox = 0;
  /// Messages that it was given and that it, or the end of the flow, gave up.
  std::uint64_t discarded = 0;
  /// Emitted on an output that no edge leaves.
  std::uint64_t unrouted = 0;
  /// Control messages that it handled.
  std::uint64_t control = 0;
  /// Fresh nodes after an error (`error_policy::restart`).
  std::uint64_t restarts = 0;
  /// Handlers that took longer than `defaults::stall`.
  std::uint64_t stalls = 0;
  /// Time inside handlers, in nanoseconds, and the number of slices it was measured over.
  std::uint64_t busy_ns = 0;
  /// See `busy_ns`.
  std::uint64_t slices = 0;
  /// Calls of `on_tick`.
  std::uint64_t ticks = 0;
  /// Sum and largest of how late ticks were, in nanoseconds.
  std::uint64_t tick_lateness_ns = 0;
  /// See `tick_lateness_ns`.
  std::uint64_t tick_lateness_max_ns = 0;
};

/// Counts of observations below fixed bounds, like a Prometheus histogram.
struct latency_histogram {
  /// Upper bounds in nanoseconds, ascending; `counts` has one more entry, for what is above the last.
  static const std::vector<std::uint64_t>& bounds();
  /// Observations at or below each bound and above the one before.
  std::vector<std::uint64_t> counts;
  /// The sum of what was observed, in nanoseconds.
  std::uint64_t sum_ns = 0;
};

/// An edge at one instant.
struct edge_snapshot {
  /// `from.port->to.port`.
  std::string id;
  /// The id of its producer.
  std::string from;
  /// The id of its consumer.
  std::string to;
  /// What it does when it is full.
  overflow_policy policy = overflow_policy::block;
  /// Its share of service at its consumer.
  priority_band band = priority_band::normal;
  /// One consistent block.
  edge_counters counters;
};

/// What a node is doing. `ending`: its inputs have ended, and what it emitted is still on its way out.
enum class node_status : std::uint8_t { starting, running, paused, restarting, ending, ended, aborted };

/// Returns the name in lower case, e.g. `restarting`.
std::string_view to_string(node_status status) noexcept;

/// A node at one instant; its counters may be of slightly different ones.
struct node_snapshot {
  /// Unique in the flow; nodes of subgraphs are `outer/inner`.
  std::string id;
  /// The name of its type; `c++` for nodes of the program's own.
  std::string type;
  /// What it has done so far.
  node_counters counters;
  /// Time from the sending of a control message to its handler at this node.
  latency_histogram control_latency;
  /// Time per slice of handlers.
  latency_histogram handler_time;
  /// What it is doing.
  node_status status = node_status::starting;
};

/// What a flow is doing, or how it ended. `draining`: it was asked to stop, and what is under way goes
/// through.
enum class flow_status : std::uint8_t { starting, running, paused, draining, finished, failed, aborted };

/// Returns the name in lower case, e.g. `draining`.
std::string_view to_string(flow_status status) noexcept;

/// A whole flow at one instant; each edge is one consistent block.
struct flow_snapshot {
  /// The name of its graph.
  std::string name;
  /// What it is doing, or how it ended.
  flow_status status = flow_status::starting;
  /// In the order of `flow_plan::nodes()`.
  std::vector<node_snapshot> nodes;
  /// In the order of `flow_plan::edges()`.
  std::vector<edge_snapshot> edges;
};

/// How a flow ended.
struct flow_summary {
  /// Its counters at the end.
  flow_snapshot final;
  /// `finished`, `failed` or `aborted`.
  flow_status outcome = flow_status::finished;
  /// Why it failed or was aborted, or what made it finish before its sources had: "the output was closed", or
  /// the drain deadline. Empty when it ran to its end, or was stopped in time.
  std::string reason;
  /// The drain deadline cut something off; `discarded` says how many messages.
  bool deadline_exceeded = false;
  /// Messages that its end gave up, at edges and nodes.
  std::uint64_t discarded = 0;
  /// Nodes whose handler did not return in time.
  std::vector<std::string> stuck;
  /// From its start to its end, in nanoseconds.
  std::uint64_t duration_ns = 0;
};

} // namespace sluice
