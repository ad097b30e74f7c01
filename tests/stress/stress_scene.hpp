#pragma once

#include "tests/support/flow_fixture.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

/// Parts of the fixed stress scenes.
namespace sluice::testing {

/// Looks at a flow's counters from a thread of its own, as fast as it can, until it is destroyed or the flow
/// ends.
class snapshot_reader {
public:
  explicit snapshot_reader(flow watched) : flow_(std::move(watched)), thread_([this] { run(); }) {}
  ~snapshot_reader() { stop(); }
  snapshot_reader(const snapshot_reader&) = delete;
  snapshot_reader& operator=(const snapshot_reader&) = delete;

  void stop() {
    stopped_ = true;
    if (thread_.joinable())
      thread_.join();
  }
  /// After `stop`: how often it looked, and the first edge that did not balance.
  std::uint64_t looks() const noexcept { return looks_; }
  const std::string& unbalanced() const noexcept { return unbalanced_; }

private:
  void run() {
    while (!stopped_ && unbalanced_.empty()) {
      ++looks_;
      for (const auto& edge : flow_.snapshot().edges)
        if (!edge.counters.balanced())
          unbalanced_ = edge.id + ": offered " + std::to_string(edge.counters.offered) + " accepted " +
                        std::to_string(edge.counters.accepted) + " delivered " +
                        std::to_string(edge.counters.delivered) + " depth " +
                        std::to_string(edge.counters.depth);
    }
  }

  flow flow_;
  std::atomic<bool> stopped_{false};
  std::uint64_t looks_ = 0;
  std::string unbalanced_;
  std::thread thread_;
};

/// Returns `name` and `number` in one word.
inline std::string numbered(const char* name, std::size_t number) {
  return name + std::to_string(number);
}

/// What a sink saw of one flow of numbers.
struct seen_numbers {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  /// The last number; numbers that came in order were larger each.
  std::uint64_t last = 0;
  bool ordered = true;

  void note(std::uint64_t number) {
    ordered = ordered && (count == 0 || number > last);
    last = number;
    ++count;
    sum += number;
  }
  bool is_all_of(std::uint64_t numbers) const {
    return ordered && count == numbers && sum == numbers * (numbers - 1) / 2;
  }
};

/// A sink that notes what comes; read `seen` when the flow has ended.
inline node_declaration noting_sink(std::string id, const std::shared_ptr<seen_numbers>& seen) {
  return sink_declaration(std::move(id), [seen](node_context&, std::size_t, message& in) {
    seen->note(in.get<std::uint64_t>());
  });
}

inline edge_settings edge_of(overflow_policy policy, std::size_t capacity,
                             priority_band band = priority_band::normal) {
  edge_settings settings;
  settings.policy = policy;
  settings.capacity = capacity;
  settings.band = band;
  return settings;
}

} // namespace sluice::testing
