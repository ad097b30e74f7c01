#include "actors/flow/node_inputs.hpp"
#include "tests/support/edge_values.hpp"
#include "tests/support/recording_node_links.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <optional>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

namespace {

/// Inputs of a node, each with its edge's settings, all into port 0 unless told otherwise.
struct inputs_scene {
  explicit inputs_scene(const std::vector<edge_settings>& settings,
                        const std::vector<std::size_t>& ports = {}) {
    std::vector<node_inputs::source> sources;
    for (std::size_t i = 0; i < settings.size(); ++i) {
      edges.emplace_back();
      edges.back().settings = settings[i];
      edges.back().to_port = ports.empty() ? 0 : ports[i];
      channels.push_back(settings[i].lossless() ? nullptr
                                                : std::make_shared<lossy_channel>(edges.back().settings));
      sources.push_back({&edges.back(), &meters.emplace_back(), channels.back()});
    }
    inputs.emplace(sources, ports.empty() ? 1 : ports.size(), links);
  }

  void offer(std::size_t input, batch_pointer batch) {
    std::vector<lossy_channel::refusal> refused;
    if (channels[input]->offer(*batch, meters[input].read_delivered(), port_type::any(), false, refused))
      inputs->announce(input);
  }
  /// Handles the head of `input` as a node does.
  std::uint64_t handle(std::size_t input) {
    const auto waiting = inputs->waiting(input);
    BOOST_REQUIRE(!waiting.empty());
    const auto number = waiting.front().get<std::uint64_t>();
    inputs->mark_delivered(input);
    inputs->pop(input);
    return number;
  }
  list handle_all(std::size_t input = 0) {
    list all;
    while (!inputs->waiting(input).empty())
      all.push_back(handle(input));
    return all;
  }

  std::deque<planned_edge> edges;
  std::deque<edge_meter> meters;
  std::vector<std::shared_ptr<lossy_channel>> channels;
  recording_node_links links;
  std::optional<node_inputs> inputs;
};

edge_settings block(std::size_t capacity) {
  return edge_with(overflow_policy::block, capacity);
}

edge_settings feedback() {
  auto settings = edge_with(overflow_policy::drop, 10);
  settings.feedback = true;
  return settings;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_inputs_of_a_node)

BOOST_AUTO_TEST_CASE(give_messages_in_the_order_of_arrival_across_batches) {
  inputs_scene scene({block(100)});
  BOOST_TEST((scene.inputs->waiting(0).empty()));
  BOOST_TEST(!scene.inputs->next());
  scene.inputs->push(0, batch_of({1, 2}));
  scene.inputs->push(0, batch_of({}));
  scene.inputs->push(0, batch_of({3}));
  BOOST_TEST((scene.inputs->next() == 0U));
  BOOST_TEST(scene.handle_all() == (list{1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(scene.inputs->idle());
}

BOOST_AUTO_TEST_CASE(show_the_same_head_until_it_is_removed) {
  inputs_scene scene({block(100)});
  scene.inputs->push(0, batch_of({1, 2}));
  BOOST_TEST((scene.inputs->waiting(0).data() == scene.inputs->waiting(0).data()));
  BOOST_TEST(scene.meters[0].read_delivered() == 0U);
  scene.inputs->pop(0);
  BOOST_TEST(scene.inputs->waiting(0)[0].get<std::uint64_t>() == 2U);
}

BOOST_AUTO_TEST_CASE(count_what_is_delivered_before_they_return_its_credit) {
  inputs_scene scene({block(8)});
  scene.inputs->push(0, batch_of({1, 2, 3}));
  (void)scene.handle(0);
  BOOST_TEST(scene.links.taken[0] == 0U);
  (void)scene.handle(0);
  BOOST_TEST(scene.links.taken[0] == 2U); // a quarter of the capacity
  BOOST_TEST(scene.meters[0].read_delivered() == 2U);
}

BOOST_AUTO_TEST_CASE(return_all_credit_in_the_end_and_none_twice) {
  inputs_scene scene({block(1024)});
  for (std::uint64_t batch = 0; batch < 7; ++batch)
    scene.inputs->push(0, batch_of(numbers(100 * batch, 100)));
  (void)scene.handle_all();
  scene.inputs->acknowledge_all();
  scene.inputs->acknowledge_all();
  BOOST_TEST(scene.links.taken[0] == 700U);
  BOOST_TEST(scene.links.spares >= 1U);
}

BOOST_AUTO_TEST_CASE(return_an_emptied_buffer_with_the_credit) {
  inputs_scene scene({block(1024)});
  scene.inputs->push(0, batch_of({1, 2}));
  (void)scene.handle_all();
  BOOST_TEST(scene.links.taken[0] == 2U);
  BOOST_TEST(scene.links.spares == 1U);
}

BOOST_AUTO_TEST_CASE(return_no_credit_for_lossy_edges) {
  inputs_scene scene({edge_with(overflow_policy::drop, 4)});
  scene.offer(0, batch_of({1, 2}));
  (void)scene.handle_all();
  scene.inputs->acknowledge_all();
  BOOST_TEST(scene.links.story.empty());
  BOOST_TEST(scene.meters[0].read_delivered() == 2U);
}

BOOST_AUTO_TEST_CASE(take_from_a_lossy_edge_only_what_is_handled_now) {
  inputs_scene scene({edge_with(overflow_policy::drop_oldest, 2)});
  scene.offer(0, batch_of({1, 2}));
  BOOST_TEST(scene.inputs->any_ready());
  BOOST_TEST((scene.inputs->next() == 0U));
  BOOST_TEST(!scene.inputs->all_ended());
  BOOST_TEST(!scene.inputs->idle());
  BOOST_TEST(scene.channels[0]->waiting() == 2U);
  scene.offer(0, batch_of({3}));
  BOOST_TEST(scene.handle(0) == 2U);
  BOOST_TEST(scene.channels[0]->waiting() == 1U);
}

BOOST_AUTO_TEST_CASE(never_let_an_edge_think_that_a_place_is_in_use_that_is_not) {
  inputs_scene scene({edge_with(overflow_policy::drop, 1)});
  scene.offer(0, batch_of({1}));
  // What the edge reads at any time after the take: the message counts as delivered, as its handler is next.
  BOOST_TEST((!scene.inputs->waiting(0).empty()));
  BOOST_TEST(scene.meters[0].read_delivered() == 1U);
  scene.offer(0, batch_of({2}));
  BOOST_TEST(scene.channels[0]->counts().dropped == 0U);
  BOOST_TEST(scene.handle_all() == (list{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(scene.meters[0].read_delivered() == 2U);
}

BOOST_AUTO_TEST_CASE(wake_up_for_what_a_lossy_edge_gets_after_it_was_empty) {
  inputs_scene scene({edge_with(overflow_policy::drop, 4)});
  for (std::uint64_t i = 0; i < 5; ++i) {
    scene.offer(0, batch_of({i}));
    BOOST_TEST(scene.handle_all() == (list{i}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(survive_an_edge_that_is_emptied_by_an_abort_under_their_eyes) {
  inputs_scene scene({edge_with(overflow_policy::drop, 4)});
  scene.offer(0, batch_of({1, 2}));
  BOOST_TEST((scene.inputs->next() == 0U));
  scene.channels[0]->discard_all();
  BOOST_TEST((scene.inputs->waiting(0).empty()));
  BOOST_TEST(!scene.inputs->next());
}

BOOST_AUTO_TEST_CASE(count_a_prefetched_message_only_when_it_is_handled) {
  inputs_scene scene({edge_with(overflow_policy::drop, 10, 4)});
  scene.offer(0, batch_of(numbers(0, 10)));
  (void)scene.handle(0);
  BOOST_TEST(scene.channels[0]->waiting() == 6U);
  BOOST_TEST(scene.meters[0].read_delivered() == 1U);
  BOOST_TEST(scene.handle_all() == numbers(1, 9), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(have_ended_when_each_has_and_nothing_waits) {
  inputs_scene scene({block(10), edge_with(overflow_policy::drop, 10)});
  scene.inputs->push(0, batch_of({1}));
  scene.inputs->push(0, end_batch());
  scene.offer(1, end_batch());
  BOOST_TEST(!scene.inputs->all_ended());
  (void)scene.handle(0);
  BOOST_TEST(scene.inputs->all_ended());
}

BOOST_AUTO_TEST_CASE(wait_for_feedback_when_only_that_is_open) {
  inputs_scene scene({block(10), feedback()});
  BOOST_TEST(!scene.inputs->waits_for_feedback());
  scene.inputs->push(0, end_batch());
  BOOST_TEST(scene.inputs->waits_for_feedback());
  BOOST_TEST(!scene.inputs->all_ended());
  scene.inputs->end_feedback();
  BOOST_TEST(scene.inputs->all_ended());
  BOOST_TEST(!scene.inputs->waits_for_feedback());
}

BOOST_AUTO_TEST_CASE(skip_paused_ports_and_serve_the_others) {
  inputs_scene scene({block(10), block(10)}, {0, 1});
  scene.inputs->push(0, batch_of({1}));
  scene.inputs->push(1, batch_of({2}));
  scene.inputs->set_port_paused(0, true);
  BOOST_TEST((scene.inputs->next() == 1U));
  (void)scene.handle(1);
  BOOST_TEST(!scene.inputs->next());
  BOOST_TEST(!scene.inputs->any_ready());
  scene.inputs->resume_ports();
  BOOST_TEST((scene.inputs->next() == 0U));
}

BOOST_AUTO_TEST_CASE(show_deferred_heads_again_when_it_is_time_and_leave_other_pauses_alone) {
  inputs_scene scene({block(10), block(10)}, {0, 1});
  scene.inputs->push(0, batch_of({1}));
  scene.inputs->push(1, batch_of({2}));
  scene.inputs->set_deferred(0, true);
  scene.inputs->set_port_paused(1, true);
  scene.inputs->hold_back(0, 5s);
  BOOST_TEST(scene.inputs->deferred_count() == 1U);
  BOOST_TEST((scene.inputs->next_retry() == 5s));
  scene.inputs->retry_held_back(4s);
  BOOST_TEST(!scene.inputs->next());
  scene.inputs->retry_held_back(5s);
  BOOST_TEST((scene.inputs->next_retry() == std::chrono::nanoseconds::max()));
  BOOST_TEST((scene.inputs->next() == 0U));
  BOOST_TEST(scene.inputs->is_deferred(0));
  BOOST_TEST(scene.inputs->is_paused(1));
}

BOOST_AUTO_TEST_CASE(of_one_port_are_all_served) {
  inputs_scene scene({block(1000), block(1000), block(1000)});
  for (std::size_t input = 0; input < 3; ++input)
    scene.inputs->push(input, batch_of(numbers(1000 * input, 240)));
  std::vector<std::size_t> served(3);
  for (int i = 0; i < 360; ++i) {
    const auto input = scene.inputs->next();
    BOOST_REQUIRE(input.has_value());
    (void)scene.handle(*input);
    scene.inputs->served(1);
    ++served[*input];
  }
  BOOST_TEST(served == std::vector<std::size_t>(3, 120), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(drop_everything_when_discarded) {
  inputs_scene scene({block(10), edge_with(overflow_policy::drop, 10)});
  scene.inputs->push(0, batch_of({1, 2}));
  scene.offer(1, batch_of({3}));
  (void)scene.handle(0);
  scene.inputs->discard();
  BOOST_TEST(scene.inputs->idle());
  BOOST_TEST(!scene.inputs->next());
  BOOST_TEST(scene.channels[1]->waiting() == 1U); // the edge discards its own
}

BOOST_AUTO_TEST_SUITE_END()
