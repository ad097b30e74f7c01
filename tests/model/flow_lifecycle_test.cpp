#include "tests/support/lifecycle_scene.hpp"

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(a_lifecycle)

BOOST_AUTO_TEST_CASE(starts_the_nodes_one_by_one_in_topological_order_and_then_lets_all_run) {
  auto scene = chain();
  BOOST_TEST((scene.life.status() == flow_status::starting));
  scene.life.start();
  scene.expect({"start edges", "start a"});
  scene.started("a");
  scene.expect({"start b"});
  scene.started("b");
  scene.expect({"start c"});
  scene.started("c");
  scene.expect({"run a", "run b", "run c", "is running"});
}

BOOST_AUTO_TEST_CASE(fails_when_a_node_does_not_start_and_lets_those_that_did_stop) {
  auto scene = chain();
  scene.life.start();
  scene.started("a");
  (void)scene.orders.take();
  scene.started("b", "node 'b' did not start: no such file");
  scene.expect({"arm abort", "abort edge 0", "abort edge 1", "abort a", "abort b", "abort c"});
  scene.all_aborted();
  scene.all_released();
  scene.all_closed();
  check_end(scene, flow_status::failed);
  BOOST_TEST(scene.life.reason() == "node 'b' did not start: no such file");
  BOOST_TEST(!scene.orders.has("is running"));
}

BOOST_AUTO_TEST_CASE(does_not_go_on_starting_after_an_abort) {
  auto scene = chain();
  scene.life.start();
  scene.life.abort("enough");
  (void)scene.orders.take();
  scene.started("a");
  scene.expect({});
}

BOOST_AUTO_TEST_CASE(ends_when_all_nodes_have_and_closes_the_edges_first) {
  auto scene = chain();
  scene.run();
  scene.ended("a");
  scene.ended("b");
  scene.expect({});
  scene.ended("c");
  scene.expect({"arm close", "close edge 0", "close edge 1"});
  scene.life.on_edge_closed(1);
  scene.life.on_edge_closed(1); // counts once
  scene.expect({});
  scene.life.on_edge_closed(0);
  scene.expect({"is finished", "finished"});
  scene.life.on_edge_closed(0);
  scene.life.on_edge_closed(1);
  scene.expect({});
  BOOST_TEST(scene.life.reason().empty());
  BOOST_TEST(!scene.life.deadline_exceeded());
  BOOST_TEST(scene.life.stuck().empty());
}

BOOST_AUTO_TEST_CASE(counts_the_end_of_a_node_once) {
  auto scene = chain();
  scene.run();
  scene.ended("a");
  scene.ended("a");
  scene.ended("a");
  scene.expect({});
}

BOOST_AUTO_TEST_CASE(drains_when_it_is_stopped) {
  auto scene = chain();
  scene.run();
  scene.life.stop();
  scene.expect({"arm drain", "is draining", "stop a", "stop b", "stop c"});
  for (const auto* id : {"a", "b", "c"})
    scene.ended(id);
  scene.all_closed();
  check_end(scene, flow_status::finished);
  BOOST_TEST(!scene.life.deadline_exceeded());
}

BOOST_AUTO_TEST_CASE(does_not_stop_a_node_that_has_ended) {
  auto scene = chain();
  scene.run();
  scene.ended("a");
  scene.life.stop();
  scene.expect({"arm drain", "is draining", "stop b", "stop c"});
}

BOOST_AUTO_TEST_CASE(does_nothing_at_a_second_stop) {
  auto scene = chain();
  scene.run();
  scene.life.stop();
  (void)scene.orders.take();
  scene.life.stop();
  scene.expect({});
}

BOOST_AUTO_TEST_CASE(counts_the_drain_deadline_anew_when_a_second_stop_brings_one) {
  auto scene = chain();
  scene.run();
  scene.life.stop();
  (void)scene.orders.take();
  scene.life.stop(true);
  scene.expect({"arm drain"});
}

BOOST_AUTO_TEST_CASE(keeps_a_stop_that_comes_while_it_starts_and_counts_its_deadline_from_there) {
  auto scene = chain();
  scene.life.start();
  scene.life.stop();
  scene.life.stop();
  scene.expect({"start edges", "start a", "arm drain"});
  scene.started("a");
  scene.started("b");
  (void)scene.orders.take();
  scene.started("c");
  scene.expect({"run a", "run b", "run c", "is running", "is draining", "stop a", "stop b", "stop c"});
}

BOOST_AUTO_TEST_CASE(aborts_at_the_drain_deadline_and_says_so) {
  auto scene = chain();
  scene.run();
  scene.life.stop();
  (void)scene.orders.take();
  scene.life.on_drain_deadline();
  scene.expect({"arm abort", "abort edge 0", "abort edge 1", "abort a", "abort b", "abort c"});
  scene.all_aborted();
  scene.all_released();
  scene.all_closed();
  check_end(scene, flow_status::finished);
  BOOST_TEST(scene.life.deadline_exceeded());
  BOOST_TEST(scene.life.stuck().empty());
}

BOOST_AUTO_TEST_CASE(aborts_at_the_drain_deadline_while_a_node_hangs_in_its_start) {
  auto scene = chain();
  scene.life.start();
  scene.life.stop();
  scene.life.on_drain_deadline();
  BOOST_TEST(scene.orders.has("abort a"));
  BOOST_TEST(scene.life.deadline_exceeded());
}

BOOST_AUTO_TEST_CASE(ignores_a_drain_deadline_that_comes_when_all_is_over) {
  auto scene = chain();
  scene.run();
  scene.life.stop();
  for (const auto* id : {"a", "b", "c"})
    scene.ended(id);
  (void)scene.orders.take();
  scene.life.on_drain_deadline();
  scene.expect({});
  scene.all_closed();
  scene.life.on_drain_deadline();
  check_end(scene, flow_status::finished);
  BOOST_TEST(!scene.life.deadline_exceeded());
}

BOOST_AUTO_TEST_CASE(pauses_and_resumes_every_node) {
  auto scene = chain();
  scene.run();
  scene.life.pause();
  scene.expect({"is paused", "pause a", "pause b", "pause c"});
  scene.life.pause();
  scene.expect({});
  scene.life.resume();
  scene.expect({"is running", "resume a", "resume b", "resume c"});
  scene.life.resume();
  scene.expect({});
}

BOOST_AUTO_TEST_CASE(keeps_a_pause_that_comes_while_it_starts_unless_it_is_taken_back) {
  for (const bool taken_back : {false, true}) {
    auto scene = chain();
    scene.life.start();
    scene.life.pause();
    if (taken_back)
      scene.life.resume();
    for (const auto* id : {"a", "b", "c"})
      scene.started(id);
    BOOST_TEST(scene.orders.has("is paused") == !taken_back);
  }
}

BOOST_AUTO_TEST_CASE(drains_a_paused_flow_by_resuming_it) {
  auto scene = chain();
  scene.run();
  scene.life.pause();
  (void)scene.orders.take();
  scene.life.stop();
  scene.expect({"arm drain", "is running", "resume a", "resume b", "resume c", "is draining", "stop a",
                "stop b", "stop c"});
}

BOOST_AUTO_TEST_CASE(does_not_pause_while_it_drains) {
  auto scene = chain();
  scene.run();
  scene.life.stop();
  (void)scene.orders.take();
  scene.life.pause();
  scene.expect({});
}

BOOST_AUTO_TEST_CASE(fails_when_a_node_fails) {
  auto scene = chain();
  scene.run();
  scene.life.on_failed(scene.index("b"), "node 'b': five is too much");
  scene.all_aborted();
  scene.all_released();
  scene.all_closed();
  check_end(scene, flow_status::failed);
  BOOST_TEST(scene.life.reason() == "node 'b': five is too much");
}

BOOST_AUTO_TEST_CASE(keeps_the_first_reason_for_its_end) {
  auto scene = chain();
  scene.run();
  scene.life.on_failed(0, "first");
  scene.life.on_failed(1, "second");
  scene.life.abort("third");
  scene.life.on_drain_deadline();
  BOOST_TEST(scene.life.reason() == "first");
  BOOST_TEST((scene.life.outcome() == flow_status::failed));
  BOOST_TEST(!scene.life.deadline_exceeded());
  BOOST_TEST(scene.orders.count("abort a") == 1U);
}

BOOST_AUTO_TEST_CASE(drains_and_finishes_when_the_outside_was_closed) {
  auto scene = chain();
  scene.run();
  scene.life.on_outside_closed();
  BOOST_TEST((scene.life.status() == flow_status::draining));
  BOOST_TEST(scene.life.reason() == "the output was closed");
  BOOST_TEST(!scene.life.deadline_exceeded());
}

BOOST_AUTO_TEST_CASE(releases_in_topological_order_one_by_one_once_all_have_answered_the_abort) {
  auto scene = chain();
  scene.run();
  scene.life.abort("enough");
  (void)scene.orders.take();
  scene.aborted("c");
  scene.aborted("a");
  scene.aborted("a");
  scene.expect({});
  scene.aborted("b");
  scene.expect({"release a"});
  scene.released("c"); // out of turn
  scene.expect({});
  scene.released("a");
  scene.expect({"release b"});
  scene.released("b");
  scene.expect({"release c"});
  scene.released("c");
  scene.expect({"arm close", "close edge 0", "close edge 1"});
  scene.all_closed();
  scene.expect({"is aborted", "finished"});
  BOOST_TEST(scene.life.reason() == "enough");
}

BOOST_AUTO_TEST_CASE(can_still_be_aborted_while_it_drains) {
  auto scene = chain();
  scene.run();
  scene.life.stop();
  scene.life.abort("a second signal");
  scene.all_aborted();
  scene.all_released();
  scene.all_closed();
  check_end(scene, flow_status::aborted);
  BOOST_TEST(scene.life.reason() == "a second signal");
}

BOOST_AUTO_TEST_CASE(of_a_node_without_edges_ends_like_any_other) {
  lifecycle_scene scene({"alone"}, {});
  scene.run();
  scene.ended("alone");
  scene.expect({"is finished", "finished"});
}

BOOST_AUTO_TEST_SUITE_END()
