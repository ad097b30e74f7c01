// A flow is ended by force at any moment of its life.

#include "tests/stress/stress_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Three endless sources, a transform that multiplies, sinks behind every kind of edge.
graph endless_graph() {
  graph made;
  made.nodes = {source_declaration("a", 0), source_declaration("b", 0),
                transform_declaration("twice", [](node_context& context, std::size_t, message& in) {
                  context.emit(0, in.get<std::uint64_t>());
                  context.emit(0, in.get<std::uint64_t>());
                })};
  made.edges = {edge_between("a", "twice", edge_of(overflow_policy::block, 100)),
                edge_between("b", "twice", edge_of(overflow_policy::drop_oldest, 10))};
  for (const auto policy : {overflow_policy::block, overflow_policy::drop, overflow_policy::drop_oldest,
                            overflow_policy::latest}) {
    const auto id = std::string("to_") + std::string(to_string(policy));
    made.nodes.push_back(sink_declaration(id, [](node_context&, std::size_t, message&) {}));
    made.edges.push_back(edge_between("twice", id, edge_of(policy, 33)));
  }
  return made;
}

/// Waits until about `messages` were offered, then goes on.
void let_run(flow_fixture& fixture, const flow& running, std::uint64_t messages) {
  fixture.await([&] { return running.snapshot().edges[0].counters.offered >= messages; }, running);
}

} // namespace

BOOST_AUTO_TEST_SUITE(flows_ended_by_force)

BOOST_AUTO_TEST_CASE(an_abort_ends_a_flow_at_any_moment_and_accounts_for_all) {
  flow_fixture fixture;
  for (std::uint64_t messages = 0; messages < 20; ++messages) {
    const auto running = fixture.start(endless_graph());
    let_run(fixture, running, messages * messages * 20);
    running.abort("enough");
    const auto summary = fixture.finish(running);
    BOOST_TEST((summary.outcome == flow_status::aborted));
    BOOST_TEST(summary.stuck.empty());
    for (const auto& edge : summary.final.edges)
      BOOST_TEST(edge.counters.depth == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_stop_with_any_deadline_ends_a_flow) {
  flow_fixture fixture;
  for (int round = 0; round < 40; ++round) {
    const auto running = fixture.start(endless_graph());
    let_run(fixture, running, static_cast<std::uint64_t>(round) * 50);
    running.stop(std::chrono::microseconds{round * round});
    const auto summary = fixture.finish(running);
    BOOST_TEST((summary.outcome == flow_status::finished));
    if (!summary.deadline_exceeded)
      BOOST_TEST(summary.discarded == 0U);
  }
}

BOOST_AUTO_TEST_CASE(pauses_and_resumes_in_any_order_hold_nothing_up) {
  flow_fixture fixture;
  for (int round = 0; round < 20; ++round) {
    const auto running = fixture.start(endless_graph());
    for (int i = 0; i < round; ++i) {
      running.pause();
      if (i % 3 != 0)
        running.resume();
      (void)running.snapshot();
    }
    running.resume();
    let_run(fixture, running, 1000);
    running.pause();
    running.stop();
    const auto summary = fixture.finish(running);
    BOOST_TEST((summary.outcome == flow_status::finished));
    BOOST_TEST(summary.discarded == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_runtime_can_be_destroyed_while_flows_start_run_and_end) {
  for (std::size_t round = 0; round < 20; ++round) {
    std::vector<flow> flows;
    {
      flow_fixture fixture(round % 2 == 0, 1 + round % 4);
      for (std::size_t i = 0; i < 1 + round % 5; ++i) {
        flows.push_back(fixture.start(endless_graph()));
        if (round % 3 == 0)
          let_run(fixture, flows.back(), round * 100);
      }
      if (round % 4 == 1)
        flows.front().stop();
    }
    for (const auto& one : flows) {
      const auto summary = one.wait_for(std::chrono::nanoseconds{0});
      BOOST_REQUIRE(summary.has_value());
      BOOST_TEST(summary->stuck.empty());
      for (const auto& edge : summary->final.edges)
        BOOST_TEST(edge.counters.balanced());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
