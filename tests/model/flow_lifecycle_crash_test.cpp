#include "tests/support/lifecycle_scene.hpp"

using namespace sluice;
using namespace sluice::testing;

// A flow ends within its deadlines whoever does not answer.
BOOST_AUTO_TEST_SUITE(a_lifecycle_without_answers)

BOOST_AUTO_TEST_CASE(ends_even_when_nobody_answers) {
  auto scene = chain();
  scene.run();
  scene.life.abort("enough");
  scene.life.on_abort_deadline();
  scene.all_closed();
  check_end(scene, flow_status::aborted);
  BOOST_TEST(scene.life.stuck().size() == 3U);
}

BOOST_AUTO_TEST_CASE(ends_even_when_an_edge_does_not_close_after_an_abort) {
  auto scene = chain();
  scene.run();
  scene.life.on_failed(0, "the actor of an edge ended unexpectedly");
  scene.all_aborted();
  scene.all_released();
  scene.life.on_edge_closed(0);
  BOOST_TEST(!scene.orders.has("finished"));
  scene.life.on_abort_deadline();
  check_end(scene, flow_status::failed);
  BOOST_TEST(scene.life.stuck_edges() == std::vector<std::size_t>{1}, boost::test_tools::per_element());
  scene.life.on_edge_closed(1);
  scene.life.on_abort_deadline();
  BOOST_TEST(scene.orders.count("finished") == 1U);
}

BOOST_AUTO_TEST_CASE(ends_even_when_an_edge_does_not_close_at_a_normal_end) {
  auto scene = chain();
  scene.run();
  scene.ended("a");
  scene.ended("b");
  (void)scene.orders.take();
  scene.ended("c");
  scene.expect({"arm close", "close edge 0", "close edge 1"});
  scene.life.on_edge_closed(0);
  scene.life.on_abort_deadline();
  check_end(scene, flow_status::finished);
  BOOST_TEST(scene.life.stuck().empty());
  BOOST_TEST(scene.life.stuck_edges() == std::vector<std::size_t>{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(fails_when_an_actor_of_it_crashes_and_waits_for_no_answer_of_that_one) {
  auto scene = chain();
  scene.run();
  scene.life.on_node_crashed(scene.index("b"), "the actor of node 'b' ended");
  (void)scene.orders.take();
  scene.aborted("a");
  scene.aborted("c");
  scene.expect({"release a"});
  scene.released("a");
  scene.expect({"release c"});
  scene.released("c");
  scene.all_closed();
  check_end(scene, flow_status::failed);
  BOOST_TEST(scene.life.stuck().empty());
}

BOOST_AUTO_TEST_CASE(goes_on_when_the_node_that_it_waits_for_crashes) {
  auto scene = chain();
  scene.run();
  scene.life.abort("enough");
  scene.all_aborted();
  (void)scene.orders.take();
  scene.life.on_node_crashed(scene.index("a"), "the actor of node 'a' ended");
  scene.expect({"release b"});
}

BOOST_AUTO_TEST_CASE(fails_when_an_edge_crashes_at_its_end_and_does_not_wait_for_it) {
  auto scene = chain();
  scene.run();
  scene.ended("a");
  scene.ended("b");
  scene.ended("c");
  scene.life.on_edge_crashed(0, "the actor of edge 'a->b' ended");
  scene.life.on_edge_closed(1);
  check_end(scene, flow_status::failed);
  BOOST_TEST(scene.life.reason() == "the actor of edge 'a->b' ended");
  BOOST_TEST(scene.life.stuck_edges().empty());
}

BOOST_AUTO_TEST_CASE(leaves_a_node_behind_that_never_answers_an_abort) {
  auto scene = chain();
  scene.run();
  scene.life.abort("enough");
  scene.aborted("a");
  scene.aborted("c");
  (void)scene.orders.take();
  scene.life.on_abort_deadline();
  scene.expect({"arm abort", "release a"});
  scene.released("a");
  scene.expect({"release c"}); // b's handler still runs: nothing of it may be touched
  scene.released("c");
  scene.all_closed();
  BOOST_TEST(scene.orders.has("finished"));
  BOOST_TEST(scene.life.stuck() == std::vector<std::size_t>{scene.index("b")},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leaves_a_node_behind_that_hangs_in_its_stop) {
  auto scene = chain();
  scene.run();
  scene.life.abort("enough");
  scene.all_aborted();
  scene.released("a");
  (void)scene.orders.take();
  scene.life.on_abort_deadline();
  scene.expect({"arm abort", "release c"});
  scene.released("b"); // too late
  scene.released("c");
  scene.all_closed();
  check_end(scene, flow_status::aborted);
  BOOST_TEST(scene.life.stuck() == std::vector<std::size_t>{scene.index("b")},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
