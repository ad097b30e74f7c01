#include "model/message/text.hpp"
#include "tests/support/edge_scene.hpp"

#include <numeric>
#include <string>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

BOOST_AUTO_TEST_SUITE(a_lossless_edge)

BOOST_AUTO_TEST_CASE(grants_its_capacity_at_the_start_and_not_before) {
  edge_scene scene(edge_with(overflow_policy::block, 4));
  BOOST_TEST(scene.links.credit == 0U);
  scene.core.start();
  BOOST_TEST(scene.links.credit == 4U);
}

BOOST_AUTO_TEST_CASE(hands_on_the_very_batch_it_was_given) {
  edge_scene scene(edge_with(overflow_policy::block, 4));
  scene.core.start();
  const auto batch = batch_of({1, 2});
  scene.offer(batch);
  BOOST_REQUIRE(scene.links.delivered.size() == 1U);
  BOOST_TEST((scene.links.delivered[0] == batch));
  BOOST_TEST(scene.delivered_numbers() == (list{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gives_no_credit_when_it_is_full) {
  edge_scene scene(edge_with(overflow_policy::block, 4));
  scene.core.start();
  scene.offer({1, 2, 3, 4});
  BOOST_TEST(scene.links.credit == 0U);
  BOOST_TEST(scene.counters().depth == 4U);
}

BOOST_AUTO_TEST_CASE(gives_the_credit_of_what_was_handed_over_and_the_spare_buffer_with_it) {
  edge_scene scene(edge_with(overflow_policy::block, 4));
  scene.core.start();
  scene.offer({1, 2, 3, 4});
  const auto spare = std::make_shared<message_batch>();
  scene.delivered = 3;
  scene.core.taken(3, spare);
  BOOST_TEST(scene.links.credit == 3U);
  BOOST_REQUIRE(scene.links.spares.size() == 1U);
  BOOST_TEST((scene.links.spares[0] == spare));
}

BOOST_AUTO_TEST_CASE(hands_on_the_end_behind_the_data_without_credit_and_without_counting_it) {
  edge_scene scene(edge_with(overflow_policy::block, 1));
  scene.core.start();
  scene.offer({1});
  scene.offer(end_batch());
  BOOST_REQUIRE(scene.links.delivered.size() == 2U);
  BOOST_TEST(scene.links.delivered[1]->marker.has_value());
  BOOST_TEST(scene.core.counters().offered == 1U);
}

BOOST_AUTO_TEST_CASE(gives_more_credit_when_its_capacity_is_raised) {
  edge_scene scene(edge_with(overflow_policy::block, 4));
  scene.core.start();
  scene.offer({1, 2, 3, 4});
  scene.core.set_capacity(10);
  BOOST_TEST(scene.links.credit == 6U);
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_CASE(whose_capacity_is_lowered_discards_nothing_and_gives_no_credit_until_depth_has_fallen) {
  edge_scene scene(edge_with(overflow_policy::block, 8));
  scene.core.start();
  scene.offer(numbers(0, 8));
  scene.core.set_capacity(3);
  scene.handle(5);
  BOOST_TEST(scene.links.credit == 0U);
  BOOST_TEST(scene.counters().depth == 3U);
  BOOST_TEST(scene.core.counters().discarded == 0U);
  scene.handle(1);
  BOOST_TEST(scene.links.credit == 1U);
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_CASE(counts_the_credit_still_out_when_its_capacity_is_lowered) {
  edge_scene scene(edge_with(overflow_policy::block, 8));
  scene.core.start();
  scene.core.set_capacity(3);
  scene.offer(numbers(0, 4)); // credit given before: legal
  scene.handle(4);
  BOOST_TEST(scene.links.credit == 4U); // the producer still has four, and capacity is three
  scene.offer(numbers(4, 2));
  scene.handle(2);
  BOOST_TEST(scene.links.credit == 3U);
}

BOOST_AUTO_TEST_CASE(never_has_more_depth_and_credit_together_than_capacity) {
  const std::uint64_t seed = 20'240'601;
  std::mt19937_64 random(seed);
  edge_scene scene(edge_with(overflow_policy::block, 16));
  scene.core.start();
  for (int step = 0; step < 10'000; ++step) {
    if (random() % 2 == 0)
      scene.offer(random_numbers(random, random() % (scene.links.credit + 1)));
    else if (const auto depth = scene.counters().depth; depth != 0)
      scene.handle(1 + random() % depth);
    const auto now = scene.counters();
    BOOST_REQUIRE_MESSAGE(now.balanced(), "seed " << seed << ", step " << step);
    BOOST_REQUIRE_MESSAGE(now.depth + scene.links.credit <= 16, "seed " << seed << ", step " << step
                                                                        << ": depth " << now.depth
                                                                        << " credit " << scene.links.credit);
  }
  BOOST_TEST(scene.core.counters().offered > 1000U);
  BOOST_TEST(scene.core.counters().offered == scene.core.counters().accepted);
}

BOOST_AUTO_TEST_CASE(respects_a_capacity_that_changes_all_the_time) {
  const std::uint64_t seed = 77;
  std::mt19937_64 random(seed);
  edge_scene scene(edge_with(overflow_policy::block, 16));
  scene.core.start();
  for (int step = 0; step < 10'000; ++step) {
    const auto before = scene.links.credit;
    const auto choice = random() % 3;
    if (choice == 0)
      scene.offer(random_numbers(random, random() % (scene.links.credit + 1)));
    else if (const auto depth = scene.counters().depth; choice == 1 && depth != 0)
      scene.handle(1 + random() % depth);
    else
      scene.core.set_capacity(1 + random() % 32);
    const auto now = scene.counters();
    BOOST_REQUIRE_EQUAL(now.discarded, 0U);
    // New credit is only given within the capacity of the moment.
    if (scene.links.credit > before)
      BOOST_REQUIRE_MESSAGE(now.depth + scene.links.credit <= now.capacity,
                            "seed " << seed << ", step " << step);
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_does_not_fit_the_port_and_returns_its_credit) {
  edge_scene scene(edge_with(overflow_policy::block, 4), port_type::of<std::uint64_t>());
  scene.core.start();
  auto batch = batch_of({1});
  batch->messages.emplace_back(text("wrong"));
  batch->messages.emplace_back(std::uint64_t{2});
  batch->messages.emplace_back(text("also wrong"));
  scene.offer(batch);
  BOOST_TEST(scene.delivered_numbers() == (list{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(scene.links.credit == 2U);
  BOOST_REQUIRE(scene.links.refused.size() == 2U);
  BOOST_TEST(scene.links.refused[0].refused.get<text>().view() == "wrong");
  BOOST_TEST(scene.core.counters().refused_type == 2U);
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_CASE(does_not_trouble_the_consumer_with_a_batch_that_was_refused_altogether) {
  edge_scene scene(edge_with(overflow_policy::block, 4), port_type::of<std::uint64_t>());
  scene.core.start();
  auto batch = std::make_shared<message_batch>();
  for (int i = 0; i < 4; ++i)
    batch->messages.emplace_back(text("wrong"));
  scene.offer(batch);
  BOOST_TEST(scene.links.delivered.empty());
  BOOST_TEST(scene.links.credit == 4U);
}

BOOST_AUTO_TEST_CASE(lets_error_messages_pass_a_typed_port) {
  edge_scene scene(edge_with(overflow_policy::block, 4), port_type::of<std::uint64_t>());
  scene.core.start();
  auto batch = std::make_shared<message_batch>();
  batch->messages.emplace_back(text("an error"), message_kind::error);
  scene.offer(batch);
  BOOST_TEST(scene.links.delivered.size() == 1U);
  BOOST_TEST(scene.links.refused.empty());
}

BOOST_AUTO_TEST_CASE(discards_what_comes_after_an_abort_and_gives_no_credit) {
  edge_scene scene(edge_with(overflow_policy::block, 8));
  scene.core.start();
  scene.offer({1, 2});
  scene.core.abort();
  scene.offer({3, 4, 5});
  scene.handle(1);
  BOOST_TEST(scene.core.counters().discarded == 3U);
  BOOST_TEST(scene.links.delivered.size() == 1U);
  BOOST_TEST(scene.links.credit == 3U);
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_CASE(counts_what_was_not_handled_at_its_close_as_discarded) {
  edge_scene scene(edge_with(overflow_policy::block, 8));
  scene.core.start();
  scene.offer(numbers(0, 8));
  scene.handle(3);
  scene.core.close(scene.delivered);
  BOOST_TEST(scene.core.counters().discarded == 5U);
  BOOST_TEST(scene.counters().depth == 0U);
  BOOST_TEST(scene.counters().balanced());
  scene.core.offer(batch_of({8, 9}), scene.delivered); // late
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_CASE(measures_the_time_without_credit) {
  edge_scene scene(edge_with(overflow_policy::block, 2));
  scene.core.start();
  scene.core.measure_blocked(10s);
  scene.offer({1, 2});
  scene.core.measure_blocked(11s);
  scene.core.measure_blocked(13s);
  scene.handle(1);
  scene.core.measure_blocked(16s);
  scene.core.measure_blocked(100s);
  BOOST_TEST(scene.core.counters().blocked_ns == 5'000'000'000U);
  BOOST_TEST(scene.core.counters().blocked_since_ns == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
