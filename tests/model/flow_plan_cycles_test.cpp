#include "tests/support/lifecycle_scene.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

constexpr cycle_probe quiet(std::uint64_t traffic) {
  return {true, traffic};
}
constexpr cycle_probe busy(std::uint64_t traffic) {
  return {false, traffic};
}

/// source → a → b → sink, and b → a again.
lifecycle_scene loop() {
  return {{"source", "a", "b", "sink"}, {{"source", "a"}, {"a", "b"}, {"b", "a", "again"}, {"b", "sink"}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_end_of_a_cycle)

BOOST_AUTO_TEST_CASE(is_looked_for_among_its_nodes_and_the_edges_that_end_at_them) {
  const auto scene = loop();
  BOOST_REQUIRE(scene.life.cycles().size() == 1U);
  const auto& found = scene.life.cycles()[0];
  BOOST_TEST(found.nodes == (std::vector<std::size_t>{scene.index("a"), scene.index("b")}),
             boost::test_tools::per_element());
  // source → a belongs to it: what is on its way there will go round. b → sink does not.
  BOOST_TEST(found.edges == (std::vector<std::size_t>{0, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_not_looked_for_where_there_is_none) {
  const lifecycle_scene scene({"a", "b", "c"}, {{"a", "b"}, {"b", "c"}, {"a", "c"}});
  BOOST_TEST(scene.life.cycles().empty());
}

BOOST_AUTO_TEST_CASE(is_looked_for_only_when_the_outside_has_ended_and_the_consumer_of_the_feedback_waits) {
  auto scene = loop();
  scene.run();
  scene.waiting("a");
  scene.expect({}); // the source may still send
  scene.ended("source");
  scene.expect({"probe 0"});

  auto other = loop();
  other.run();
  other.ended("source");
  other.expect({}); // a has not handled everything from outside
  other.waiting("a");
  other.expect({"probe 0"});
}

BOOST_AUTO_TEST_CASE(is_not_looked_for_twice_at_a_time) {
  auto scene = loop();
  scene.run();
  scene.ended("source");
  scene.waiting("a");
  (void)scene.orders.take();
  scene.waiting("a");
  scene.expect({});
}

BOOST_AUTO_TEST_CASE(needs_two_quiet_looks_with_the_same_traffic) {
  auto scene = loop();
  scene.run();
  scene.ended("source");
  scene.waiting("a");
  (void)scene.orders.take();
  scene.life.on_probed(0, quiet(10));
  scene.expect({"probe 0"});
  scene.life.on_probed(0, quiet(12)); // something passed between the looks
  scene.expect({"probe 0"});
  scene.life.on_probed(0, quiet(12));
  scene.expect({"end feedback a", "end feedback b"});
}

BOOST_AUTO_TEST_CASE(is_not_seen_in_two_looks_with_a_busy_one_between) {
  auto scene = loop();
  scene.run();
  scene.ended("source");
  scene.waiting("a");
  (void)scene.orders.take();
  scene.life.on_probed(0, quiet(10));
  scene.life.on_probed(0, busy(10));
  scene.expect({"probe 0", "probe later 0"});
  scene.life.on_probed(0, quiet(10));
  scene.expect({"probe 0"});
  scene.life.on_probed(0, quiet(10));
  scene.expect({"end feedback a", "end feedback b"});
}

BOOST_AUTO_TEST_CASE(comes_once_and_then_the_flow_ends) {
  auto scene = loop();
  scene.run();
  scene.ended("source");
  scene.waiting("a");
  scene.life.on_probed(0, quiet(10));
  scene.life.on_probed(0, quiet(10));
  (void)scene.orders.take();
  scene.life.on_probed(0, quiet(10)); // a late answer
  scene.ended("a");
  scene.ended("b");
  scene.expect({});
  scene.ended("sink");
  scene.all_closed();
  BOOST_TEST((scene.life.status() == flow_status::finished));
}

BOOST_AUTO_TEST_CASE(is_not_looked_for_any_more_after_an_abort) {
  auto scene = loop();
  scene.run();
  scene.ended("source");
  scene.waiting("a");
  scene.life.abort("enough");
  (void)scene.orders.take();
  scene.life.on_probed(0, quiet(10));
  scene.life.on_probed(0, quiet(10));
  scene.expect({});
}

BOOST_AUTO_TEST_CASE(comes_while_the_flow_drains_too) {
  auto scene = loop();
  scene.run();
  scene.life.stop();
  scene.ended("source");
  scene.waiting("a");
  BOOST_TEST(scene.orders.has("probe 0"));
}

BOOST_AUTO_TEST_CASE(waits_for_a_cycle_before_it) {
  // source → a ⇄ b → c ⇄ d
  lifecycle_scene scene(
      {"source", "a", "b", "c", "d"},
      {{"source", "a"}, {"a", "b"}, {"b", "a", "again"}, {"b", "c"}, {"c", "d"}, {"d", "c", "again"}});
  BOOST_REQUIRE(scene.life.cycles().size() == 2U);
  const auto& cycles = scene.life.cycles();
  const std::size_t first = cycles[0].nodes[0] == scene.index("a") ? 0 : 1;
  scene.run();
  scene.waiting("c");
  scene.ended("source");
  scene.waiting("a");
  scene.expect({"probe " + std::to_string(first)});
  scene.life.on_probed(first, quiet(1));
  scene.life.on_probed(first, quiet(1));
  (void)scene.orders.take();
  scene.ended("a");
  scene.expect({});
  scene.ended("b");
  scene.expect({"probe " + std::to_string(1 - first)});
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_a_consumer_that_its_own_cycle_feeds) {
  // source → a → b → c, c → a again and c → b again: b can only wait once the cycle is over.
  lifecycle_scene scene({"source", "a", "b", "c"},
                        {{"source", "a"}, {"a", "b"}, {"b", "c"}, {"c", "a", "again"}, {"c", "b", "again"}});
  BOOST_REQUIRE(scene.life.cycles().size() == 1U);
  scene.run();
  scene.ended("source");
  scene.expect({});
  scene.waiting("a");
  scene.expect({"probe 0"});
  scene.life.on_probed(0, quiet(3));
  scene.life.on_probed(0, quiet(3));
  scene.expect({"probe 0", "end feedback a", "end feedback b", "end feedback c"});
}

BOOST_AUTO_TEST_CASE(is_found_for_a_node_that_feeds_itself) {
  lifecycle_scene scene({"source", "a", "sink"}, {{"source", "a"}, {"a", "a", "again"}, {"a", "sink"}});
  BOOST_REQUIRE(scene.life.cycles().size() == 1U);
  scene.run();
  scene.ended("source");
  scene.waiting("a");
  scene.life.on_probed(0, quiet(5));
  scene.life.on_probed(0, quiet(5));
  scene.expect({"probe 0", "probe 0", "end feedback a"});
}

BOOST_AUTO_TEST_SUITE_END()
