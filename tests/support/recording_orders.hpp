#pragma once

#include "model/flow/flow_lifecycle.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

/// Keeps the orders of a lifecycle as words, `start b` or `close edge 0`, in order.
class recording_orders final : public lifecycle_orders {
public:
  explicit recording_orders(const flow_plan& plan) : plan_(&plan) {}

  void start_edges() override { given.emplace_back("start edges"); }
  void start_node(std::size_t node) override { tell("start", node); }
  void let_run(std::size_t node) override { tell("run", node); }
  void stop_node(std::size_t node) override { tell("stop", node); }
  void pause_node(std::size_t node, bool paused) override { tell(paused ? "pause" : "resume", node); }
  void stands_still(std::uint64_t pause) override {
    given.push_back("still after pause " + std::to_string(pause));
  }
  void end_feedback(std::size_t node) override { tell("end feedback", node); }
  void abort_node(std::size_t node) override { tell("abort", node); }
  void abort_edge(std::size_t edge) override { given.push_back("abort edge " + std::to_string(edge)); }
  void release_node(std::size_t node) override { tell("release", node); }
  void close_edge(std::size_t edge) override { given.push_back("close edge " + std::to_string(edge)); }
  void probe_cycle(std::size_t cycle, bool later) override {
    given.push_back((later ? "probe later " : "probe ") + std::to_string(cycle));
  }
  void arm_drain_deadline() override { given.emplace_back("arm drain"); }
  void arm_abort_deadline() override { given.emplace_back("arm abort"); }
  void arm_close_deadline() override { given.emplace_back("arm close"); }
  void status_changed(flow_status status) override {
    given.push_back("is " + std::string(to_string(status)));
  }
  void finished() override { given.emplace_back("finished"); }

  /// Takes the orders given so far.
  std::vector<std::string> take() { return std::exchange(given, {}); }
  std::size_t count(const std::string& order) const {
    return static_cast<std::size_t>(std::count(given.begin(), given.end(), order));
  }
  bool has(const std::string& order) const { return count(order) != 0; }

  std::vector<std::string> given;

private:
  void tell(const std::string& what, std::size_t node) {
    given.push_back(what + " " + plan_->nodes()[node].id);
  }

  const flow_plan* plan_;
};

} // namespace sluice::testing
