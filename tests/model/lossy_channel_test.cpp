#include "model/edge/lossy_channel.hpp"
#include "model/message/text.hpp"
#include "tests/support/edge_values.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;
using namespace sluice::testing;
using list = std::vector<std::uint64_t>;

namespace {

/// A channel and a consumer that has handled `delivered` messages.
struct channel_scene {
  explicit channel_scene(edge_settings given) : settings(std::move(given)), channel(settings) {}

  bool offer(const list& numbers) { return offer(*batch_of(numbers)); }
  bool offer(message_batch& batch, port_type type = port_type::any()) {
    return channel.offer(batch, delivered, type, !type.is_any(), refused);
  }
  /// Takes as a consumer with a prefetch of one must: what it takes counts as delivered.
  list take_all() {
    list all;
    message_batch batch;
    while (channel.look() == channel_state::waiting) {
      batch.clear();
      BOOST_REQUIRE(channel.take(batch));
      delivered += batch.size();
      for (const auto number : numbers_of(batch.messages))
        all.push_back(number);
    }
    return all;
  }

  edge_settings settings;
  lossy_channel channel;
  std::vector<lossy_channel::refusal> refused;
  std::uint64_t delivered = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_lossy_channel)

BOOST_AUTO_TEST_CASE(tells_the_consumer_once_and_again_after_it_found_nothing) {
  channel_scene scene(edge_with(overflow_policy::drop, 10));
  BOOST_TEST(scene.offer({1}));
  BOOST_TEST(!scene.offer({2}));
  BOOST_TEST(scene.take_all() == (list{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(scene.offer({3}));
  BOOST_TEST(!scene.offer({4}));
}

BOOST_AUTO_TEST_CASE(tells_again_after_an_empty_take) {
  channel_scene scene(edge_with(overflow_policy::drop, 10));
  (void)scene.offer({1});
  message_batch batch;
  BOOST_TEST(scene.channel.take(batch));
  batch.clear();
  BOOST_TEST(!scene.channel.take(batch));
  BOOST_TEST(scene.offer({2}));
}

BOOST_AUTO_TEST_CASE(keeps_what_the_consumer_only_looked_at_within_reach_of_its_policy) {
  channel_scene scene(edge_with(overflow_policy::latest, 1));
  (void)scene.offer({1});
  BOOST_TEST((scene.channel.look() == channel_state::waiting));
  (void)scene.offer({2});
  BOOST_TEST((scene.channel.look() == channel_state::waiting));
  (void)scene.offer({3});
  BOOST_TEST(scene.take_all() == (list{3}), boost::test_tools::per_element());
  BOOST_TEST(scene.channel.counts().dropped == 0U);
  BOOST_TEST(scene.channel.counts().replaced == 2U);
}

BOOST_AUTO_TEST_CASE(of_capacity_one_takes_the_next_message_while_one_is_being_handled) {
  for (const auto policy : {overflow_policy::drop, overflow_policy::drop_oldest, overflow_policy::latest}) {
    channel_scene scene(edge_with(policy, 1));
    (void)scene.offer({1});
    message_batch batch;
    BOOST_TEST(scene.channel.take(batch));
    // The edge's thread has not seen the new delivery yet: that must not cost a message.
    (void)scene.offer({2});
    BOOST_TEST(scene.channel.counts().accepted == 2U);
    BOOST_TEST(scene.take_all() == (list{2}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(hands_over_at_most_as_many_as_prefetch_says) {
  channel_scene scene(edge_with(overflow_policy::drop, 10, 3));
  (void)scene.offer(numbers(0, 8));
  for (const std::size_t wanted : {3, 3, 2}) {
    message_batch batch;
    BOOST_TEST(scene.channel.take(batch));
    BOOST_TEST(batch.size() == wanted);
  }
}

BOOST_AUTO_TEST_CASE(counts_what_was_taken_and_not_delivered_as_places_in_use) {
  channel_scene scene(edge_with(overflow_policy::drop, 4, 3));
  (void)scene.offer(numbers(0, 4));
  message_batch batch;
  BOOST_TEST(scene.channel.take(batch)); // 0 1 2 on their way, 3 waits
  (void)scene.offer({4});
  BOOST_TEST(scene.channel.counts().dropped == 1U);
  scene.delivered = 2;
  (void)scene.offer({5, 6, 7});
  BOOST_TEST(scene.channel.counts().dropped == 2U); // room for two
  BOOST_TEST(scene.take_all() == (list{3, 5, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(shows_the_end_only_behind_the_last_message) {
  channel_scene scene(edge_with(overflow_policy::drop, 10));
  auto batch = batch_of({1, 2});
  batch->marker = message(end_of_stream{}, message_kind::marker);
  BOOST_TEST(scene.offer(*batch));
  message_batch taken;
  BOOST_TEST(scene.channel.take(taken));
  BOOST_TEST(!taken.marker);
  BOOST_TEST((scene.channel.look() == channel_state::waiting));
  taken.clear();
  BOOST_TEST(scene.channel.take(taken));
  BOOST_TEST(taken.marker.has_value());
}

BOOST_AUTO_TEST_CASE(announces_an_end_that_comes_alone) {
  channel_scene scene(edge_with(overflow_policy::drop, 10));
  BOOST_TEST(scene.offer({1}));
  (void)scene.take_all();
  BOOST_TEST(scene.offer(*end_batch()));
  BOOST_TEST((scene.channel.look() == channel_state::ended));
}

BOOST_AUTO_TEST_CASE(lets_the_end_pass_a_full_queue) {
  channel_scene scene(edge_with(overflow_policy::drop, 1));
  (void)scene.offer({1, 2, 3});
  (void)scene.offer(*end_batch());
  BOOST_TEST(scene.take_all() == (list{1}), boost::test_tools::per_element());
  message_batch taken;
  BOOST_TEST(scene.channel.take(taken) == false); // the end was in the last take
}

BOOST_AUTO_TEST_CASE(refuses_what_does_not_fit_the_port_and_lets_errors_pass) {
  channel_scene scene(edge_with(overflow_policy::drop, 10));
  auto batch = batch_of({1});
  batch->messages.emplace_back(text("wrong"));
  batch->messages.emplace_back(text("an error"), message_kind::error);
  (void)scene.offer(*batch, port_type::of<std::uint64_t>());
  BOOST_TEST(scene.channel.counts().offered == 3U);
  BOOST_TEST(scene.channel.counts().refused_type == 1U);
  BOOST_TEST(scene.channel.counts().accepted == 2U);
  BOOST_REQUIRE(scene.refused.size() == 1U);
  BOOST_TEST(scene.refused[0].refused.get<text>().view() == "wrong");
  BOOST_TEST(scene.refused[0].why.empty());
}

BOOST_AUTO_TEST_CASE(gives_back_a_message_whose_merge_failed_with_the_reason) {
  auto settings = edge_with(overflow_policy::coalesce, 1);
  settings.coalesce = [](message&, message&&) { throw error("cannot_coalesce", "they do not fit"); };
  channel_scene scene(settings);
  (void)scene.offer({1, 2});
  BOOST_REQUIRE(scene.refused.size() == 1U);
  BOOST_TEST(scene.refused[0].refused.get<std::uint64_t>() == 2U);
  BOOST_TEST(scene.refused[0].why == "they do not fit");
  BOOST_TEST(scene.channel.counts().refused_merge == 1U);
  BOOST_TEST(scene.take_all() == (list{1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(counts_what_it_discards) {
  channel_scene scene(edge_with(overflow_policy::drop, 10));
  (void)scene.offer({1, 2, 3});
  scene.channel.discard_all();
  BOOST_TEST(scene.channel.counts().discarded == 3U);
  BOOST_TEST(scene.channel.waiting() == 0U);
  BOOST_TEST((scene.channel.look() == channel_state::empty));
}

BOOST_AUTO_TEST_SUITE_END()
