#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "bench/rivals/flow_graph.hpp"

namespace sluice::bench {

/// One source and `width` sinks of oneTBB, each of which gets every message:
///
///     source → limiter → broadcast → width × (queue → serial function)
///
/// One limiter for all, because a broadcast drops what one of its successors refuses. It lets the next
/// message in when `width` have been handled, by whichever sinks: at most 1024 × `width` wait, as many as on
/// our edges.
template <class Payload>
class flow_graph_fan_out {
public:
  flow_graph_fan_out(flow_graph::graph& in, std::uint64_t count, std::vector<tally>& seen)
      : source_(in, number_body<Payload>(count)),
        gate_(in, rival_capacity),
        broadcast_(in),
        width_(seen.size()) {
    flow_graph::make_edge(source_, gate_.node());
    flow_graph::make_edge(gate_.node(), broadcast_);
    for (auto& each : seen)
      add_sink(in, each);
  }

  void start() { source_.activate(); }

private:
  using sink_node = flow_graph::function_node<Payload>;

  void add_sink(flow_graph::graph& in, tally& seen) {
    queues_.emplace_back(in);
    sinks_.emplace_back(in, flow_graph::serial, [this, &seen](const Payload& each) {
      seen.sum += each.number();
      ++seen.count;
      if ((handled_.fetch_add(1, std::memory_order_relaxed) + 1) % width_ == 0)
        gate_.release();
    });
    flow_graph::make_edge(broadcast_, queues_.back());
    flow_graph::make_edge(queues_.back(), sinks_.back());
  }

  flow_graph::input_node<Payload> source_;
  token_gate<Payload> gate_;
  flow_graph::broadcast_node<Payload> broadcast_;
  std::deque<flow_graph::queue_node<Payload>> queues_;
  std::deque<sink_node> sinks_;
  std::size_t width_;
  std::atomic<std::uint64_t> handled_{0};
};

/// `width` sources of oneTBB that share one limiter, queue and sink; at most 1024 × `width` messages wait.
template <class Payload>
class flow_graph_fan_in {
public:
  flow_graph_fan_in(flow_graph::graph& in, std::size_t width, std::uint64_t count, tally& seen)
      : gate_(in, rival_capacity * width),
        queue_(in),
        sink_(in, flow_graph::serial, [this, &seen](const Payload& each) {
          gate_.release();
          seen.sum += each.number();
          ++seen.count;
        }) {
    flow_graph::make_edge(gate_.node(), queue_);
    flow_graph::make_edge(queue_, sink_);
    for (std::size_t i = 0; i < width; ++i) {
      sources_.emplace_back(in, number_body<Payload>(count));
      flow_graph::make_edge(sources_.back(), gate_.node());
    }
  }

  void start() {
    for (auto& each : sources_)
      each.activate();
  }

private:
  std::deque<flow_graph::input_node<Payload>> sources_;
  token_gate<Payload> gate_;
  flow_graph::queue_node<Payload> queue_;
  flow_graph::function_node<Payload> sink_;
};

/// Sends `count` payloads to each of `width` sinks, checks that all came, and returns the seconds it took.
template <class Payload>
double seconds_to_fan_out_in_flow_graph(std::size_t width, std::uint64_t count) {
  std::vector<tally> seen(width);
  const auto seconds = seconds_to_run_flow_graph(
      [&](flow_graph::graph& in) { return std::make_unique<flow_graph_fan_out<Payload>>(in, count, seen); });
  for (const auto& each : seen)
    each.check(count);
  return seconds;
}

/// Sends `count` payloads from each of `width` sources to one sink, checks that all came, and returns the
/// seconds it took.
template <class Payload>
double seconds_to_fan_in_in_flow_graph(std::size_t width, std::uint64_t count) {
  tally seen;
  const auto seconds = seconds_to_run_flow_graph([&](flow_graph::graph& in) {
    return std::make_unique<flow_graph_fan_in<Payload>>(in, width, count, seen);
  });
  seen.check(count, width);
  return seconds;
}

} // namespace sluice::bench
