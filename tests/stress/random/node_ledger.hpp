#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sluice::stress {

/// What a node of a random graph knows about itself: its own books, to be compared with the runtime's
/// counters. All instances of a node (restarts) write one ledger. Thread: the node's; others read it once the
/// flow has ended.
struct node_ledger {
  explicit node_ledger(std::size_t outputs) : emitted(outputs), sequence(outputs), controls_sent(outputs) {}

  /// Messages presented, each counted once however often it was deferred.
  std::uint64_t presented = 0;
  /// Messages emitted by the node, by output port.
  std::vector<std::uint64_t> emitted;
  /// The last number given out on an output port; error messages that are passed on have none.
  std::vector<std::uint64_t> sequence;
  std::vector<std::uint64_t> controls_sent;
  /// Failures that the node reported or threw.
  std::uint64_t failures = 0;
  /// How often it paused a port or deferred a message.
  std::uint64_t put_offs = 0;
  /// Messages kept inside now, and those a restart or `discard` gave up.
  std::uint64_t held = 0;
  std::uint64_t discarded = 0;
  /// Numbers presented and deferred, by input port.
  std::map<std::size_t, std::multiset<std::uint64_t>> deferred;

  std::uint64_t starts = 0;
  std::uint64_t stops = 0;
  /// Places in the order of all starts and stops of the flow; 0: never.
  std::uint64_t first_start = 0;
  std::uint64_t last_stop = 0;
  std::uint64_t controls = 0;

  /// What no node should ever see: messages out of order, before the start or after the stop …
  std::vector<std::string> violations;

  std::uint64_t emitted_in_all() const noexcept {
    std::uint64_t sum = 0;
    for (const auto each : emitted)
      sum += each;
    return sum;
  }
  std::uint64_t deferred_in_all() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& [port, numbers] : deferred)
      sum += numbers.size();
    return sum;
  }
  void complain(std::string what) {
    constexpr std::size_t enough = 20;
    if (violations.size() < enough)
      violations.push_back(std::move(what));
  }
};

/// What the input side of a node expects of one edge.
struct edge_watch {
  std::size_t from_node = 0;
  std::size_t from_port = 0;
  std::size_t to_port = 0;
  /// Lossless, and nothing can be refused: no number may be missing.
  bool gapless = false;
  /// Order holds within one of so many keys; 1: within the edge.
  std::size_t keys = 1;
  /// The last number of each key.
  std::map<std::uint64_t, std::uint64_t> last = {};
  std::uint64_t last_control = 0;
};

/// The books of a whole flow.
struct flow_ledger {
  std::vector<std::shared_ptr<node_ledger>> nodes;
  /// By node, its input edges.
  std::vector<std::shared_ptr<std::vector<edge_watch>>> watches;
  std::vector<std::size_t> watch_of_edge;
  std::shared_ptr<std::atomic<std::uint64_t>> clock = std::make_shared<std::atomic<std::uint64_t>>(0);
};

} // namespace sluice::stress
