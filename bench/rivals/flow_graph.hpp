#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/task_arena.h>
#include <optional>
#include <utility>

#include "bench/rivals/message_maker.hpp"

/// The parts of oneTBB's flow graph that its bounded, lossless graphs are made of.
namespace sluice::bench {

namespace flow_graph = oneapi::tbb::flow;

/// As many as there are workers of ours.
inline constexpr int flow_graph_threads = 2;

/// Emits the payloads from 0 to `count - 1`.
template <class Payload>
class number_body {
public:
  explicit number_body(std::uint64_t count) : count_(count) {}
  Payload operator()(oneapi::tbb::flow_control& control) {
    if (next_ == count_) {
      control.stop();
      return Payload{};
    }
    return Payload(next_++);
  }

private:
  std::uint64_t count_;
  std::uint64_t next_ = 0;
};

/// A limiter that counts a message until `release`: what bounds a graph. It refuses what is too much; the
/// node before it must be one that keeps a refused message (a source or a queue, never a function).
template <class Payload>
class token_gate {
public:
  token_gate(flow_graph::graph& in, std::size_t threshold) : limiter_(in, threshold) {}
  flow_graph::limiter_node<Payload>& node() noexcept { return limiter_; }
  void release() { limiter_.decrementer().try_put(flow_graph::continue_msg{}); }

private:
  flow_graph::limiter_node<Payload> limiter_;
};

/// Runs `build(graph)` and then the graph to its end, on `flow_graph_threads` threads; `build` returns what
/// keeps the nodes alive and has the member `start()`. Returns the seconds from start to end.
template <class Build>
double seconds_to_run_flow_graph(Build&& build) {
  oneapi::tbb::task_arena arena(flow_graph_threads);
  return arena.execute([&] {
    flow_graph::graph made;
    const auto nodes = build(made);
    const auto begin = std::chrono::steady_clock::now();
    nodes->start();
    made.wait_for_all();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return took.count();
  });
}

} // namespace sluice::bench
