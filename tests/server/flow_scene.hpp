#pragma once

#include "nodes/builtin.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "runtime/server/flow_keeper.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace sluice::testing {

/// The flows of a server without the server: two workers, the built-in nodes, a clock that counts seconds.
struct flow_scene {
  flow_scene() { register_builtin_nodes(nodes); }

  /// Starts the graph as an admin would, who may do everything.
  kept_flow start(const std::string& yaml, const std::string& name = {}) {
    auto answer = keeper.start(yaml, {}, name, "ann", true);
    for (const auto& one : answer.found)
      BOOST_TEST_MESSAGE(to_string(one));
    BOOST_REQUIRE(answer.started.has_value());
    return *std::move(answer.started);
  }
  /// Looks until `seen` is true, for at most `patience`; between two looks it waits for the flow's end.
  template <class Seen>
  void await(const kept_flow& running, Seen&& seen) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!seen()) {
      BOOST_REQUIRE_MESSAGE(std::chrono::steady_clock::now() < until, "waited in vain");
      (void)running.handle.wait_for(std::chrono::milliseconds{1});
    }
  }
  kept_flow await_end(const kept_flow& running) {
    BOOST_REQUIRE(running.handle.wait_for(patience).has_value());
    await(running, [&] { return keeper.find(running.id)->summary != nullptr; });
    return *keeper.find(running.id);
  }
  std::vector<std::string> log() {
    const std::lock_guard lock(mutex);
    return logged;
  }

  /// Being slow is no failure: where lines are counted, ten million messages take a minute.
  static constexpr std::chrono::seconds patience{300};

  node_catalog nodes;
  std::mutex mutex;
  std::vector<std::string> logged;
  utc_time now{std::chrono::milliseconds{1'700'000'000'000}};
  flow_runtime runtime{runtime_options{2, true, {}}};
  flow_keeper keeper{runtime, nodes,
                     [this] {
                       const std::lock_guard lock(mutex);
                       return now += std::chrono::seconds{1};
                     },
                     [this](log_level, std::string_view event, std::string_view text) {
                       const std::lock_guard lock(mutex);
                       logged.push_back(std::string(event) + ": " + std::string(text));
                     }};
};

/// Ends by itself after `count` messages; 0: never.
inline std::string counting_graph(std::uint64_t count, const std::string& extra = {}) {
  return "version: 1\nname: counting\nnodes:\n  numbers: { type: generate, count: " + std::to_string(count) +
         extra + " }\n  out: { type: null }\nedges:\n  - numbers -> out\n";
}

} // namespace sluice::testing
