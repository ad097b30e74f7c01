#pragma once

#include "runtime/embed/flow_builder.hpp"
#include "tests/support/flow_fixture.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

/// Longer than any wait of a test that passes.
inline constexpr std::chrono::seconds patience = flow_fixture::patience;

/// A runtime, and a builder whose flow starts in it.
struct embed_scene {
  flow_fixture fixture;
  flow_builder b{"embedded"};

  flow start(flow_options options = {}) { return b.start(fixture.runtime(), std::move(options)); }

  /// Starts and pauses the flow; returns when no node handles data any more.
  flow start_paused() {
    std::promise<void> still;
    flow_options options;
    options.stands_still = [&](std::uint64_t) { still.set_value(); };
    auto running = start(options);
    running.pause();
    BOOST_REQUIRE(still.get_future().wait_for(patience) == std::future_status::ready);
    return running;
  }
};

/// A payload that looks at something when it is destroyed.
class curious {
public:
  explicit curious(std::function<void()> look)
      : look_(std::make_shared<const std::function<void()>>(std::move(look))) {}
  curious(curious&&) = default;
  curious& operator=(curious&&) = default;
  ~curious() {
    if (look_)
      (*look_)();
  }

private:
  std::shared_ptr<const std::function<void()>> look_;
};

/// What a sink has seen; written by one node, read after the end.
template <class T>
auto seen_by(const std::shared_ptr<std::vector<T>>& seen) {
  return [seen](const T& value) { seen->push_back(value); };
}

/// Returns the counters of node `id`.
inline node_counters counters_of(const flow_snapshot& all, const std::string& id) {
  for (const auto& each : all.nodes)
    if (each.id == id)
      return each.counters;
  BOOST_FAIL("no node '" + id + "'");
  return {};
}

} // namespace sluice::testing
