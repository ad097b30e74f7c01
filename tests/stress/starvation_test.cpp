// Someone floods; someone else must still be served. Counted in messages, never in seconds.

#include "tests/stress/stress_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Gives one number at a time and waits for a tick in between; then it ends.
class trickle_source : public node {
public:
  explicit trickle_source(std::uint64_t count) : count_(count) {}
  produce_result produce(node_context& context, std::size_t) override {
    context.emit(0, next_++);
    if (next_ >= count_)
      return produce_result::done;
    context.request_tick(std::chrono::microseconds{100});
    return produce_result::wait;
  }

private:
  std::uint64_t count_;
  std::uint64_t next_ = 0;
};

constexpr std::uint64_t trickled = 500;

/// An endless flood in band `flood` and a trickle in band `trickle` into one sink; returns when the trickle
/// has come through. The flood's edge may be of any policy.
void flood_and_trickle(bool sharing, const edge_settings& flood, priority_band trickle) {
  flow_fixture fixture(sharing);
  const auto floods = std::make_shared<std::atomic<std::uint64_t>>(0);
  const auto drops = std::make_shared<std::atomic<std::uint64_t>>(0);
  graph made;
  auto slow = source_declaration("trickle", 0);
  slow.make = [] { return std::make_unique<trickle_source>(trickled); };
  auto sink = sink_declaration("sink", [=](node_context&, std::size_t input, message&) {
    (input == 0 ? *floods : *drops).fetch_add(1, std::memory_order_relaxed);
  });
  sink.ports.inputs = {number_port("flood"), number_port("trickle")};
  made.nodes = {source_declaration("flood", 0), slow, sink};
  made.edges = {edge_between("flood", "sink", flood),
                edge_between("trickle", "sink", edge_of(overflow_policy::block, 4, trickle))};
  made.edges[0].to.port = "flood";
  made.edges[1].to.port = "trickle";
  const auto running = fixture.start(made);
  fixture.await([&] { return *drops == trickled; }, running);
  running.abort("the trickle came through");
  const auto summary = fixture.finish(running);
  BOOST_TEST(summary.final.edges[1].counters.delivered == trickled);
  BOOST_TEST(floods->load() > trickled);
}

} // namespace

BOOST_AUTO_TEST_SUITE(starvation)

BOOST_AUTO_TEST_CASE(a_trickle_comes_through_beside_a_flood_of_its_own_band) {
  for (const bool sharing : {true, false})
    flood_and_trickle(sharing, edge_of(overflow_policy::block, 1024), priority_band::normal);
}
BOOST_AUTO_TEST_CASE(a_normal_trickle_comes_through_beside_an_urgent_flood) {
  for (const bool sharing : {true, false})
    flood_and_trickle(sharing, edge_of(overflow_policy::block, 1024, priority_band::urgent),
                      priority_band::normal);
}
BOOST_AUTO_TEST_CASE(a_normal_trickle_comes_through_beside_an_urgent_flood_that_is_dropped) {
  for (const bool sharing : {true, false})
    flood_and_trickle(sharing, edge_of(overflow_policy::drop_oldest, 64, priority_band::urgent),
                      priority_band::normal);
}

/// A node that answers each message with two round its own cycle never rests. Its other input must be served
/// all the same, and a stop must end the flow by its deadline.
void self_exciting_cycle(bool sharing) {
  flow_fixture fixture(sharing);
  const auto fed = std::make_shared<std::atomic<std::uint64_t>>(0);
  graph made;
  auto slow = source_declaration("trickle", 0);
  slow.make = [] { return std::make_unique<trickle_source>(trickled); };
  auto loop = transform_declaration("loop", [fed](node_context& context, std::size_t input, message& in) {
    if (input == 1)
      fed->fetch_add(1, std::memory_order_relaxed);
    context.emit(0, in.get<std::uint64_t>());
    context.emit(0, in.get<std::uint64_t>());
  });
  loop.ports.inputs = {number_port("again"), number_port("in")};
  made.nodes = {slow, loop};
  made.edges = {
      edge_between("trickle", "loop", edge_of(overflow_policy::block, 4)),
      edge_between("loop", "loop", edge_of(overflow_policy::drop_oldest, 16, priority_band::urgent))};
  made.edges[0].to.port = "in";
  made.edges[1].to.port = "again";
  made.edges[1].settings.feedback = true;
  const auto running = fixture.start(made);
  fixture.await([&] { return *fed == trickled; }, running);
  BOOST_TEST(!running.wait_for(std::chrono::nanoseconds{0}).has_value());
  running.stop(std::chrono::milliseconds{10});
  const auto summary = fixture.finish(running);
  BOOST_TEST(summary.deadline_exceeded);
}

BOOST_AUTO_TEST_CASE(a_self_exciting_cycle_starves_nobody_and_yields_to_a_deadline) {
  for (const bool sharing : {true, false})
    self_exciting_cycle(sharing);
}

/// Self-exciting cycles saturate all workers; a flow beside them must come to its end.
void beside_cycles(bool sharing) {
  flow_fixture fixture(sharing);
  graph busy;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto kick = numbered("kick", i);
    const auto loop = numbered("loop", i);
    busy.nodes.push_back(source_declaration(kick, 1));
    busy.nodes.push_back(transform_declaration(loop, [](node_context& context, std::size_t, message& in) {
      context.emit(0, in.get<std::uint64_t>());
      context.emit(0, in.get<std::uint64_t>());
    }));
    busy.edges.push_back(edge_between(kick, loop));
    busy.edges.push_back(edge_between(loop, loop, edge_of(overflow_policy::drop, 8)));
    busy.edges.back().settings.feedback = true;
  }
  const auto cycles = fixture.start(busy);
  fixture.await(
      [&] {
        std::uint64_t least = UINT64_MAX;
        for (const auto& edge : cycles.snapshot().edges)
          least = std::min(least, edge.counters.delivered);
        return least >= 1;
      },
      cycles);
  const auto seen = std::make_shared<seen_numbers>();
  graph small;
  small.nodes = {source_declaration("from", 10'000), noting_sink("to", seen)};
  small.edges = {edge_between("from", "to", edge_of(overflow_policy::block, 16))};
  (void)fixture.run(small);
  BOOST_TEST(seen->is_all_of(10'000));
  cycles.abort("enough");
  (void)fixture.finish(cycles);
}

BOOST_AUTO_TEST_CASE(a_flow_ends_beside_cycles_that_never_rest_when_sharing) {
  beside_cycles(true);
}
BOOST_AUTO_TEST_CASE(a_flow_ends_beside_cycles_that_never_rest_when_stealing) {
  beside_cycles(false);
}

BOOST_AUTO_TEST_SUITE_END()
