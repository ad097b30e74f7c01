#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "bench/rivals/flow_graph.hpp"

namespace sluice::bench {

/// A chain of oneTBB: one limiter, queue and serial function per hop.
///
///     source → limiter → queue → relay → queue → limiter → relay → queue → limiter → … → sink
///
/// A function drops what its successor refuses, so the first queue stands behind the limiter and the others
/// before it, where they keep what it refuses. The limiter of hop n counts a message until the stage of hop
/// n + 1 handles it (the sink, for the last hop): at most 1024 are then in a hop's queue, its function and
/// the queue after it. `Policy` is the functions': `queueing`, or `queueing_lightweight`, which runs a
/// function inside its predecessor's task.
template <class Payload, class Policy>
class flow_graph_chain {
public:
  flow_graph_chain(flow_graph::graph& in, std::size_t hops, std::uint64_t count, tally& seen)
      : source_(in, number_body<Payload>(count)) {
    for (std::size_t hop = 0; hop < hops; ++hop) {
      gates_.emplace_back(in, rival_capacity);
      queues_.emplace_back(in);
    }
    for (std::size_t hop = 0; hop + 1 < hops; ++hop)
      relays_.emplace_back(in, flow_graph::serial, [this, hop](const Payload& each) {
        if (hop != 0)
          gates_[hop - 1].release();
        return each;
      });
    sink_.emplace(in, flow_graph::serial, [this, hops, &seen](const Payload& each) {
      if (hops > 1)
        gates_[hops - 2].release();
      gates_[hops - 1].release();
      seen.sum += each.number();
      ++seen.count;
    });
    connect(hops);
  }

  void start() { source_.activate(); }

private:
  using relay_node = flow_graph::function_node<Payload, Payload, Policy>;
  using sink_node = flow_graph::function_node<Payload, flow_graph::continue_msg, Policy>;

  void connect(std::size_t hops) {
    flow_graph::make_edge(source_, gates_[0].node());
    flow_graph::make_edge(gates_[0].node(), queues_[0]);
    connect_to_stage(queues_[0], 0, hops);
    for (std::size_t hop = 1; hop < hops; ++hop) {
      flow_graph::make_edge(relays_[hop - 1], queues_[hop]);
      flow_graph::make_edge(queues_[hop], gates_[hop].node());
      connect_to_stage(gates_[hop].node(), hop, hops);
    }
  }

  template <class Sender>
  void connect_to_stage(Sender& from, std::size_t hop, std::size_t hops) {
    if (hop + 1 < hops)
      flow_graph::make_edge(from, relays_[hop]);
    else
      flow_graph::make_edge(from, *sink_);
  }

  flow_graph::input_node<Payload> source_;
  // Nodes must not move.
  std::deque<token_gate<Payload>> gates_;
  std::deque<flow_graph::queue_node<Payload>> queues_;
  std::deque<relay_node> relays_;
  std::optional<sink_node> sink_;
};

/// Sends `count` payloads through the chain, checks that all came, and returns the seconds it took.
template <class Payload, class Policy = flow_graph::queueing>
double seconds_through_flow_graph(std::size_t hops, std::uint64_t count) {
  tally seen;
  const auto seconds = seconds_to_run_flow_graph([&](flow_graph::graph& in) {
    return std::make_unique<flow_graph_chain<Payload, Policy>>(in, hops, count, seen);
  });
  seen.check(count);
  return seconds;
}

} // namespace sluice::bench
