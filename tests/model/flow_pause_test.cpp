#include "tests/support/lifecycle_scene.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(flow_pauses)

BOOST_AUTO_TEST_CASE(a_flow_stands_still_when_every_node_has_answered_and_not_before) {
  auto scene = chain();
  scene.run();
  scene.life.pause();
  scene.expect({"is paused", "pause a", "pause b", "pause c"});
  scene.paused("a");
  scene.paused("c");
  scene.expect({});
  scene.paused("b");
  scene.expect({"still after pause 1"});
}

BOOST_AUTO_TEST_CASE(a_pause_that_was_resumed_before_it_was_answered_is_passed_over) {
  auto scene = chain();
  scene.run();
  scene.life.pause();
  scene.paused("a");
  scene.life.resume();
  scene.life.pause();
  (void)scene.orders.take();
  // What is left of the first pause.
  scene.paused("b");
  scene.paused("c");
  // Of the second.
  scene.paused("a");
  scene.paused("b");
  scene.expect({});
  scene.paused("c");
  scene.expect({"still after pause 2"});
}

BOOST_AUTO_TEST_CASE(a_pause_that_was_resumed_says_nothing_any_more) {
  auto scene = chain();
  scene.run();
  scene.life.pause();
  scene.life.resume();
  (void)scene.orders.take();
  for (const auto* node : {"a", "b", "c"})
    scene.paused(node);
  scene.expect({});
}

BOOST_AUTO_TEST_CASE(a_flow_that_is_told_to_pause_before_it_runs_stands_still_once_it_has_begun) {
  auto scene = chain();
  scene.life.start();
  scene.life.pause();
  for (const auto* node : {"a", "b", "c"})
    scene.started(node);
  BOOST_TEST(scene.orders.has("pause c"));
  (void)scene.orders.take();
  for (const auto* node : {"a", "b", "c"})
    scene.paused(node);
  scene.expect({"still after pause 1"});
}

BOOST_AUTO_TEST_CASE(a_second_pause_of_a_flow_that_stands_still_is_answered_at_once) {
  auto scene = chain();
  scene.run();
  scene.life.pause();
  for (const auto* node : {"a", "b", "c"})
    scene.paused(node);
  (void)scene.orders.take();
  scene.life.pause();
  scene.expect({"still after pause 2"});
}

BOOST_AUTO_TEST_CASE(a_flow_that_ends_does_not_stand_still) {
  auto scene = chain();
  scene.run();
  scene.life.stop();
  scene.life.pause();
  BOOST_TEST(!scene.orders.has("pause a"));
  BOOST_TEST(!scene.orders.has("still after pause 1"));
  auto aborted = chain();
  aborted.run();
  aborted.life.pause();
  aborted.life.abort("enough");
  for (const auto* node : {"a", "b", "c"})
    aborted.paused(node);
  BOOST_TEST(!aborted.orders.has("still after pause 1"));
}

BOOST_AUTO_TEST_SUITE_END()
