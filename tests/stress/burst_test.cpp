// Bursts far above capacity: every policy, consumers that are fast and slow in turn, and the identities in
// every snapshot meanwhile.

#include "tests/stress/stress_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>

using namespace sluice;
using namespace sluice::testing;

namespace {

constexpr std::uint64_t total = 200'000;
constexpr std::uint64_t burst = 20'000;

/// Emits a burst in one go, whatever the room, and waits for a tick.
class bursting_source : public node {
public:
  produce_result produce(node_context& context, std::size_t) override {
    for (std::uint64_t i = 0; i < burst && next_ < total; ++i)
      context.emit(0, next_++);
    if (next_ >= total)
      return produce_result::done;
    context.request_tick(std::chrono::microseconds{200});
    return produce_result::wait;
  }

private:
  std::uint64_t next_ = 0;
};

/// Slow for a thousand messages, then fast for a thousand.
void work_unevenly(std::uint64_t number) {
  volatile std::uint64_t sink = number;
  const auto rounds = number / 1000 % 2 == 0 ? 500 : 1;
  for (int i = 0; i < rounds; ++i)
    sink = sink * 31 + 7;
}

edge_settings settings_of(overflow_policy policy, std::size_t capacity, std::size_t prefetch) {
  auto settings = edge_of(policy, capacity);
  settings.prefetch = prefetch;
  if (policy == overflow_policy::coalesce)
    settings.coalesce = [](message& queued, message&& incoming) { queued = std::move(incoming); };
  if (policy == overflow_policy::latest)
    settings.key = [](const message& of) { return std::to_string(of.get<std::uint64_t>() % 10); };
  return settings;
}

void burst_through(overflow_policy policy, std::size_t capacity, std::size_t prefetch) {
  BOOST_TEST_CONTEXT(to_string(policy) << " of " << capacity << ", prefetch " << prefetch) {
    flow_fixture fixture;
    const auto last = std::make_shared<std::array<std::uint64_t, 10>>();
    const auto disordered = std::make_shared<std::uint64_t>(0);
    const bool keyed = policy == overflow_policy::latest;
    graph made;
    auto source = source_declaration("bursts", 0);
    source.make = [] { return std::make_unique<bursting_source>(); };
    made.nodes = {source, sink_declaration("sink", [=](node_context&, std::size_t, message& in) {
                    const auto number = in.get<std::uint64_t>();
                    auto& before = (*last)[keyed ? number % 10 : 0];
                    *disordered += before > number;
                    before = number;
                    work_unevenly(number);
                  })};
    made.edges = {edge_between("bursts", "sink", settings_of(policy, capacity, prefetch))};
    const auto running = fixture.start(made);
    snapshot_reader reader(running);
    const auto summary = fixture.finish(running);
    reader.stop();
    BOOST_TEST(reader.unbalanced() == "");
    const auto& edge = summary.final.edges[0].counters;
    BOOST_TEST(edge.offered == total);
    BOOST_TEST(edge.discarded == 0U);
    BOOST_TEST(*disordered == 0U);
    if (policy == overflow_policy::block)
      BOOST_TEST(edge.delivered == total);
    else
      BOOST_TEST(edge.delivered < total); // the bursts were above capacity
    // All but `drop` keep what is newest.
    if (policy != overflow_policy::drop)
      BOOST_TEST(*std::max_element(last->begin(), last->end()) == total - 1);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(bursts_above_capacity)

BOOST_AUTO_TEST_CASE(block_delivers_every_message_of_every_burst) {
  for (const std::size_t capacity : {1, 7, 1024})
    burst_through(overflow_policy::block, capacity, 1);
}

BOOST_AUTO_TEST_CASE(lossy_policies_balance_in_every_snapshot_and_keep_order) {
  for (const auto policy : {overflow_policy::drop, overflow_policy::drop_oldest, overflow_policy::latest,
                            overflow_policy::coalesce})
    for (const std::size_t capacity : {1, 100})
      for (const std::size_t prefetch : {1, 16})
        burst_through(policy, capacity, prefetch);
}

BOOST_AUTO_TEST_SUITE_END()
