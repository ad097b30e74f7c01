#pragma once

#include "runtime/embed/flow_runtime.hpp"
#include "tests/support/function_nodes.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

namespace sluice::testing {

/// Runs graphs in a runtime of two workers, or as many as it is told; every wait is bounded, and a failure
/// prints the counters and the log.
class flow_fixture {
public:
  explicit flow_fixture(bool sharing = true, std::size_t workers = 2)
      : runtime_(settings(sharing, workers)) {}

  std::shared_ptr<const flow_plan> plan(const graph& source) {
    auto checked = validate(source, catalog_);
    for (const auto& one : checked.found)
      BOOST_TEST_MESSAGE(to_string(one));
    BOOST_REQUIRE(checked.plan != nullptr);
    return checked.plan;
  }

  flow start(const graph& source, flow_options options = {}) { return runtime_.start(plan(source), options); }

  /// Waits for the end, then checks that every edge balances.
  flow_summary finish(const flow& running) {
    const auto summary = running.wait_for(patience);
    if (!summary)
      BOOST_FAIL("the flow did not end\n" + describe(running.snapshot()));
    for (const auto& edge : summary->final.edges)
      BOOST_TEST(edge.counters.balanced(), describe(summary->final));
    return *summary;
  }

  flow_summary run(const graph& source) { return finish(start(source)); }

  /// Calls `look` until it is true, for at most `patience`.
  template <class Look>
  void await(Look&& look, const flow& running) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!look()) {
      if (std::chrono::steady_clock::now() > until)
        BOOST_FAIL("waited in vain\n" + describe(running.snapshot()));
      (void)running.wait_for(std::chrono::milliseconds{1});
    }
  }

  std::string describe(const flow_snapshot& all) {
    std::string text;
    for (const auto& edge : all.edges)
      text += edge.id + ": offered " + std::to_string(edge.counters.offered) + " accepted " +
              std::to_string(edge.counters.accepted) + " delivered " +
              std::to_string(edge.counters.delivered) + " dropped " + std::to_string(edge.counters.dropped) +
              " replaced " + std::to_string(edge.counters.replaced) + " coalesced " +
              std::to_string(edge.counters.coalesced) + " evicted " + std::to_string(edge.counters.evicted) +
              " discarded " + std::to_string(edge.counters.discarded) + " depth " +
              std::to_string(edge.counters.depth) + "\n";
    for (const auto& node : all.nodes)
      text += node.id + ": in " + std::to_string(node.counters.in) + " out " +
              std::to_string(node.counters.out) + " errors " + std::to_string(node.counters.errors) +
              " outbox " + std::to_string(node.counters.outbox) + "\n";
    for (const auto& line : log())
      text += line + "\n";
    return text;
  }

  std::vector<std::string> log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

  flow_runtime& runtime() noexcept { return runtime_; }

  static constexpr std::chrono::seconds patience{60};

private:
  runtime_options settings(bool sharing, std::size_t workers) {
    runtime_options chosen;
    chosen.workers = workers;
    chosen.sharing = sharing;
    chosen.log = [this](log_level, std::string_view event, std::string_view text) {
      const std::lock_guard lock(mutex_);
      log_.push_back(std::string(event) + " " + std::string(text));
    };
    return chosen;
  }

  std::mutex mutex_;
  std::vector<std::string> log_;
  node_catalog catalog_;
  flow_runtime runtime_;
};

} // namespace sluice::testing
