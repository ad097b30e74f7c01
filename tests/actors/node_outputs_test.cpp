#include "actors/flow/node_outputs.hpp"
#include "tests/support/edge_values.hpp"
#include "tests/support/recording_node_links.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace sluice;
using namespace sluice::testing;
using list = std::vector<std::uint64_t>;

namespace {

/// Answers nothing: outputs need a context only as the place where handlers emit.
class silent_host final : public node_host {
public:
  void request_tick(std::chrono::nanoseconds) override {}
  void set_paused(std::size_t, bool) override {}
  void defer(std::chrono::nanoseconds) override {}
  void fail(message, std::string_view, std::string_view) override {}
  void set_held(std::size_t) override {}
  void discard(std::size_t) override {}
  void log(log_level, std::string_view, std::string_view) override {}
  void send_control(std::size_t, message) override {}
  std::chrono::nanoseconds now() const override { return {}; }
  bool stopping() const noexcept override { return false; }
  bool aborting() const noexcept override { return false; }
};

struct edge_shape {
  std::size_t port = 0;
  overflow_policy policy = overflow_policy::block;
  bool feedback = false;
};

/// Outputs of a node of `ports` ports and `error`; one edge per shape.
struct outputs_scene {
  outputs_scene(std::size_t ports, const std::vector<edge_shape>& shapes) : context(host, ports + 2) {
    for (std::size_t port = 0; port < ports; ++port)
      plan.ports.outputs.push_back({"out" + std::to_string(port), port_type::any()});
    for (const auto& shape : shapes) {
      plan.outputs.push_back(edges.size());
      edges.emplace_back();
      edges.back().from_port = shape.port;
      edges.back().settings = edge_with(shape.policy, 16);
      edges.back().settings.feedback = shape.feedback;
    }
    outputs.emplace(plan, edges, links);
  }

  void emit(std::size_t port, const list& all) {
    for (const auto number : all)
      context.emit(port, std::uint64_t{number});
  }
  std::uint64_t flush() { return outputs->flush(context, unrouted); }
  void credit(std::size_t output, std::size_t count) { outputs->add_credit(output, count, nullptr); }
  list sent(std::size_t output) { return numbers_of(links.sent[output]); }

  planned_node plan;
  std::vector<planned_edge> edges;
  silent_host host;
  node_context context;
  recording_node_links links;
  std::optional<node_outputs> outputs;
  std::uint64_t unrouted = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(the_outputs_of_a_node)

BOOST_AUTO_TEST_CASE(send_what_was_emitted_as_one_batch) {
  outputs_scene scene(1, {{}});
  scene.credit(0, 10);
  scene.emit(0, {1, 2, 3});
  BOOST_TEST(scene.flush() == 3U);
  BOOST_TEST(scene.sent(0) == (list{1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(scene.links.story.size() == 1U);
  BOOST_TEST(scene.flush() == 0U);
  BOOST_TEST(scene.links.story.size() == 1U);
}

BOOST_AUTO_TEST_CASE(copy_to_every_edge_of_a_port) {
  outputs_scene scene(2, {{0}, {0}, {1}});
  for (std::size_t output = 0; output < 3; ++output)
    scene.credit(output, 10);
  scene.emit(0, {1, 2});
  scene.emit(1, {3});
  BOOST_TEST(scene.flush() == 3U);
  BOOST_TEST(scene.sent(0) == (list{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(scene.sent(1) == (list{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(scene.sent(2) == (list{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(count_what_no_edge_takes) {
  outputs_scene scene(2, {{1}});
  scene.credit(0, 10);
  scene.emit(0, {1, 2});
  scene.emit(1, {3});
  scene.emit(2, {4}); // the error port
  BOOST_TEST(scene.flush() == 4U);
  BOOST_TEST(scene.unrouted == 3U);
  BOOST_TEST(scene.sent(0) == (list{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keep_what_credit_does_not_cover_and_send_it_in_order) {
  outputs_scene scene(1, {{}});
  scene.credit(0, 2);
  scene.emit(0, numbers(0, 5));
  (void)scene.flush();
  BOOST_TEST(scene.outputs->outbox() == 3U);
  scene.emit(0, numbers(5, 2)); // a tick or a control message may add to it
  (void)scene.flush();
  BOOST_TEST(scene.outputs->outbox() == 5U);
  BOOST_TEST(scene.sent(0) == numbers(0, 2), boost::test_tools::per_element());
  for (int i = 0; i < 5; ++i)
    scene.credit(0, 1);
  BOOST_TEST(scene.outputs->outbox() == 0U);
  BOOST_TEST(scene.sent(0) == numbers(0, 7), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keep_an_outbox_for_each_edge) {
  outputs_scene scene(1, {{0}, {0}});
  scene.credit(0, 10);
  scene.credit(1, 1);
  scene.emit(0, numbers(0, 3));
  (void)scene.flush();
  BOOST_TEST(scene.sent(0) == numbers(0, 3), boost::test_tools::per_element());
  BOOST_TEST(scene.sent(1) == numbers(0, 1), boost::test_tools::per_element());
  BOOST_TEST(scene.outputs->outbox() == 2U);
  scene.credit(1, 10);
  BOOST_TEST(scene.sent(1) == numbers(0, 3), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keep_order_and_count_in_a_large_outbox_that_leaves_in_small_steps) {
  // A million messages at the end of an aggregation, credit in quarters: each must be moved about once.
  constexpr std::uint64_t count = 1'000'000;
  outputs_scene scene(1, {{}});
  scene.emit(0, numbers(0, count));
  (void)scene.flush();
  std::uint64_t left = count;
  while (left != 0) {
    const auto step = std::min<std::uint64_t>(left, 64);
    scene.credit(0, step);
    left -= step;
    BOOST_REQUIRE_EQUAL(scene.outputs->outbox(), left);
  }
  BOOST_TEST((scene.sent(0) == numbers(0, count)));
  BOOST_TEST(scene.links.largest_batch == 64U);
}

BOOST_AUTO_TEST_CASE(have_room_for_what_every_edge_can_take) {
  outputs_scene scene(3, {{0}, {0}, {1}});
  BOOST_TEST(scene.outputs->room() == 0U);
  scene.credit(0, 5);
  scene.credit(1, 3);
  BOOST_TEST(!scene.outputs->has_room(scene.context));
  scene.credit(2, 4);
  BOOST_TEST(scene.outputs->room() == 3U);
  BOOST_TEST(scene.outputs->has_room(scene.context));
  scene.emit(0, numbers(0, 3));
  BOOST_TEST(!scene.outputs->has_room(scene.context));
  (void)scene.flush();
  BOOST_TEST(scene.outputs->room() == 0U);
}

BOOST_AUTO_TEST_CASE(have_no_room_while_an_outbox_is_not_empty) {
  outputs_scene scene(1, {{}});
  scene.credit(0, 1);
  scene.emit(0, numbers(0, 3));
  (void)scene.flush();
  scene.credit(0, 1);
  BOOST_TEST(scene.outputs->room() == 0U);
  scene.credit(0, 3);
  BOOST_TEST(scene.outputs->room() == 2U);
}

BOOST_AUTO_TEST_CASE(without_edges_have_room_always) {
  outputs_scene scene(1, {});
  BOOST_TEST(scene.outputs->has_room(scene.context));
  BOOST_TEST(scene.outputs->room() > 1'000'000U);
}

BOOST_AUTO_TEST_CASE(have_settled_when_lossy_edges_have_answered) {
  outputs_scene scene(1, {{0, overflow_policy::coalesce}, {0}});
  scene.credit(0, defaults::lossy_window);
  scene.credit(1, 16);
  BOOST_TEST(scene.outputs->settled());
  scene.emit(0, {1, 2});
  (void)scene.flush();
  BOOST_TEST(!scene.outputs->settled());
  scene.credit(0, 2);
  BOOST_TEST(scene.outputs->settled());
}

BOOST_AUTO_TEST_CASE(send_the_marker_on_every_edge_without_credit) {
  outputs_scene scene(1, {{0}, {0}, {1}});
  scene.outputs->send_marker(message(end_of_stream{}, message_kind::marker));
  for (std::size_t output = 0; output < 3; ++output)
    BOOST_TEST(scene.links.markers[output] == 1U);
  BOOST_TEST(scene.links.sent[0].empty());
}

BOOST_AUTO_TEST_CASE(say_how_much_they_discarded) {
  outputs_scene scene(1, {{0}, {0}});
  scene.credit(0, 1);
  scene.emit(0, {1, 2, 3});
  (void)scene.flush();
  BOOST_TEST(scene.outputs->discard() == 5U);
  BOOST_TEST(scene.outputs->outbox() == 0U);
  scene.credit(0, 100);
  scene.credit(1, 100);
  BOOST_TEST(scene.sent(0) == (list{1}), boost::test_tools::per_element());
  BOOST_TEST(scene.sent(1).empty());
}

BOOST_AUTO_TEST_CASE(use_the_buffers_that_come_back_with_credit) {
  outputs_scene scene(1, {{}});
  const auto spare = std::make_shared<message_batch>();
  scene.outputs->add_credit(0, 10, spare);
  scene.emit(0, {1});
  (void)scene.flush();
  BOOST_REQUIRE(scene.links.emptied.size() == 1U);
  BOOST_TEST((scene.links.emptied[0] == spare));
}

BOOST_AUTO_TEST_CASE(send_control_messages_by_the_edges_of_one_port_or_of_all_but_error_and_feedback) {
  outputs_scene scene(2, {{0}, {1}, {2}, {1, overflow_policy::drop, true}});
  scene.outputs->send_control(node_outputs::all_ports, message(std::uint64_t{1}, message_kind::control));
  BOOST_TEST(scene.links.controls[0].size() == 1U);
  BOOST_TEST(scene.links.controls[1].size() == 1U);
  BOOST_TEST(scene.links.controls[2].empty());
  BOOST_TEST(scene.links.controls[3].empty());
  scene.outputs->send_control(1, message(std::uint64_t{2}, message_kind::control));
  BOOST_TEST(scene.links.controls[0].size() == 1U);
  BOOST_TEST(scene.links.controls[1].size() == 2U);
  BOOST_TEST(scene.links.controls[3].size() == 1U); // asked for by name: the node knows what it does
}

BOOST_AUTO_TEST_CASE(keep_control_messages_in_order_while_there_is_no_place) {
  outputs_scene scene(1, {{0}, {0}});
  const auto places = defaults::control_places;
  for (std::uint64_t i = 0; i < places + 3; ++i)
    scene.outputs->send_control(0, message(i, message_kind::control));
  BOOST_TEST(scene.links.controls[0].size() == places);
  BOOST_TEST(scene.outputs->control_waits());
  for (int i = 0; i < 3; ++i)
    scene.outputs->add_control_credit(0);
  BOOST_TEST(scene.outputs->control_waits()); // the other edge
  for (int i = 0; i < 3; ++i)
    scene.outputs->add_control_credit(1);
  BOOST_TEST(!scene.outputs->control_waits());
  BOOST_TEST(numbers_of(scene.links.controls[0]) == numbers(0, places + 3), boost::test_tools::per_element());
  BOOST_TEST(numbers_of(scene.links.controls[1]) == numbers(0, places + 3), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
