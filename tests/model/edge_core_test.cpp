#include "model/edge/edge_core.hpp"
#include "model/message/text.hpp"
#include "tests/support/edge_values.hpp"
#include "tests/support/recording_edge_links.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>
#include <random>
#include <string>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

namespace {

/// An edge with a producer that spends its credit and a consumer that the test moves.
struct edge_scene {
  explicit edge_scene(edge_settings given, port_type type = port_type::any())
      : settings(std::move(given)),
        channel(settings.lossless() ? nullptr : std::make_shared<lossy_channel>(settings)),
        core(settings, channel, type, !type.is_any(), links) {}

  void offer(const list& numbers) { offer(batch_of(numbers)); }
  void offer(batch_pointer batch) {
    BOOST_REQUIRE(links.credit >= batch->size());
    links.credit -= batch->size();
    core.offer(std::move(batch), delivered);
  }
  /// The consumer of a lossless edge hands `count` messages to its handler.
  void handle(std::size_t count) {
    delivered += count;
    core.taken(count, nullptr);
  }
  /// The counters as a scrape would see them.
  edge_counters counters() const {
    auto now = core.counters();
    now.delivered = delivered;
    now.depth = now.accepted - now.delivered - now.replaced - now.coalesced - now.evicted - now.discarded;
    return now;
  }
  list delivered_numbers() const {
    list all;
    for (const auto& batch : links.delivered)
      for (const auto number : numbers_of(batch->messages))
        all.push_back(number);
    return all;
  }

  edge_settings settings;
  recording_edge_links links;
  std::shared_ptr<lossy_channel> channel;
  edge_core core;
  std::uint64_t delivered = 0;
};

/// A lossy edge and a consumer that takes as node_inputs does; it may hold up to `prefetch` messages.
struct lossy_scene : edge_scene {
  using edge_scene::edge_scene;

  /// Moves the consumer on by one message, if there is one.
  void consume() {
    if (position == held.messages.size()) {
      position = 0;
      held.clear();
      if (channel->look() != channel_state::waiting)
        return;
      if (settings.prefetch == 1)
        ++delivered;
      BOOST_REQUIRE(channel->take(held));
      if (settings.prefetch == 1) {
        position = 1;
        return;
      }
    }
    ++position;
    ++delivered;
  }

  message_batch held;
  std::size_t position = 0;
};

edge_settings any_policy(overflow_policy policy, std::size_t capacity, std::size_t prefetch) {
  auto settings = edge_with(policy, capacity, prefetch);
  settings.coalesce = [](message& queued, message&& incoming) {
    if (incoming.get<std::uint64_t>() % 7 == 0)
      throw error("cannot_coalesce", "a multiple of seven");
    queued = queued.with(queued.get<std::uint64_t>() + incoming.get<std::uint64_t>());
  };
  return settings;
}

list random_numbers(std::mt19937_64& random, std::size_t count) {
  list all(count);
  for (auto& one : all)
    one = random() % 1000;
  return all;
}

void check_random_lossy(edge_settings settings, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  lossy_scene scene(std::move(settings));
  scene.core.start();
  for (int step = 0; step < 10'000; ++step) {
    if (random() % 2 == 0)
      scene.offer(random_numbers(random, random() % std::min<std::size_t>(scene.links.credit, 10)));
    else
      scene.consume();
    const auto now = scene.counters();
    BOOST_REQUIRE_MESSAGE(now.balanced(), "seed " << seed << ", step " << step << ": offered " << now.offered
                                                  << " accepted " << now.accepted << " delivered "
                                                  << now.delivered << " depth " << now.depth << " of "
                                                  << now.capacity);
    BOOST_REQUIRE_EQUAL(scene.links.credit, defaults::lossy_window);
  }
  const auto end = scene.counters();
  BOOST_TEST(end.dropped + end.replaced + end.coalesced + end.evicted >
             1000U); // it was full most of the time
  BOOST_TEST(scene.links.refused.size() == scene.core.counters().refused());
}

} // namespace

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
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_lossy_edge)

BOOST_AUTO_TEST_CASE(gives_the_credit_back_at_once_whatever_its_policy_did) {
  lossy_scene scene(edge_with(overflow_policy::drop, 2));
  scene.core.start();
  BOOST_TEST(scene.links.credit == defaults::lossy_window);
  scene.offer(numbers(0, 100));
  BOOST_TEST(scene.links.credit == defaults::lossy_window);
  BOOST_TEST(scene.core.counters().dropped == 98U);
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_CASE(announces_once_until_its_consumer_has_found_nothing) {
  lossy_scene scene(edge_with(overflow_policy::drop, 10));
  scene.core.start();
  scene.offer({1});
  scene.offer({2});
  BOOST_TEST(scene.links.announcements == 1U);
  scene.consume();
  scene.consume();
  scene.consume();
  scene.offer({3});
  BOOST_TEST(scene.links.announcements == 2U);
}

BOOST_AUTO_TEST_CASE(returns_refused_messages_to_its_producer_with_the_reason) {
  lossy_scene scene(any_policy(overflow_policy::coalesce, 1, 1));
  scene.core.start();
  scene.offer({1, 7, 2});
  BOOST_REQUIRE(scene.links.refused.size() == 1U);
  BOOST_TEST(scene.links.refused[0].refused.get<std::uint64_t>() == 7U);
  BOOST_TEST(scene.links.refused[0].why == "a multiple of seven");
  BOOST_TEST(scene.core.counters().coalesced == 1U);
  BOOST_TEST(scene.links.credit == defaults::lossy_window);
}

BOOST_AUTO_TEST_CASE(balances_after_every_operation_whatever_its_policy) {
  std::uint64_t seed = 1;
  for (const auto policy : {overflow_policy::drop, overflow_policy::drop_oldest, overflow_policy::latest,
                            overflow_policy::coalesce})
    for (const std::size_t capacity : {1, 2, 5, 64})
      for (const std::size_t prefetch : {1, 3})
        check_random_lossy(any_policy(policy, capacity, std::min(prefetch, capacity)), ++seed);
}

BOOST_AUTO_TEST_CASE(balances_after_every_operation_with_keys) {
  std::uint64_t seed = 100;
  for (const std::size_t capacity : {1, 2, 5, 64})
    for (const std::size_t prefetch : {1, 3}) {
      auto settings = any_policy(overflow_policy::latest, capacity, std::min(prefetch, capacity));
      settings.key = [](const message& in) {
        if (in.get<std::uint64_t>() % 50 == 0)
          throw error("no_key", "a multiple of fifty");
        return std::to_string(in.get<std::uint64_t>() % 20);
      };
      check_random_lossy(settings, ++seed);
    }
}

BOOST_AUTO_TEST_CASE(loses_no_part_of_a_sum) {
  std::mt19937_64 random(5);
  auto settings = edge_with(overflow_policy::coalesce, 3);
  settings.coalesce = [](message& queued, message&& incoming) {
    queued = queued.with(queued.get<std::uint64_t>() + incoming.get<std::uint64_t>());
  };
  lossy_scene scene(settings);
  scene.core.start();
  std::uint64_t given = 0;
  std::uint64_t received = 0;
  const auto receive = [&] {
    scene.consume();
    if (scene.position != 0)
      received += scene.held.messages[0].get<std::uint64_t>();
  };
  for (int step = 0; step < 10'000; ++step) {
    if (random() % 4 == 0) {
      receive();
      continue;
    }
    const auto batch = random_numbers(random, random() % 5);
    given = std::accumulate(batch.begin(), batch.end(), given);
    scene.offer(batch);
  }
  while (scene.channel->waiting() != 0)
    receive();
  BOOST_TEST(received == given);
}

BOOST_AUTO_TEST_CASE(discards_what_waits_when_it_is_aborted_and_what_comes_later) {
  lossy_scene scene(edge_with(overflow_policy::drop_oldest, 4));
  scene.core.start();
  scene.offer(numbers(0, 6));
  scene.consume();
  scene.core.abort();
  BOOST_TEST(scene.core.counters().discarded == 3U);
  scene.offer({7, 8});
  BOOST_TEST(scene.core.counters().discarded == 5U);
  BOOST_TEST(scene.counters().balanced());
  scene.core.close(scene.delivered);
  BOOST_TEST(scene.core.counters().discarded == 5U);
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_CASE(counts_what_its_consumer_took_and_never_handled_as_discarded_at_its_close) {
  lossy_scene scene(edge_with(overflow_policy::drop, 10, 4));
  scene.core.start();
  scene.offer(numbers(0, 10));
  scene.consume(); // takes four, handles one
  scene.core.close(scene.delivered);
  BOOST_TEST(scene.core.counters().discarded == 9U);
  BOOST_TEST(scene.counters().depth == 0U);
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_CASE(whose_capacity_is_lowered_discards_nothing) {
  lossy_scene scene(edge_with(overflow_policy::drop, 8));
  scene.core.start();
  scene.offer(numbers(0, 8));
  scene.core.set_capacity(2);
  scene.offer({8});
  BOOST_TEST(scene.core.counters().dropped == 1U);
  for (int i = 0; i < 7; ++i)
    scene.consume();
  scene.offer({9, 10});
  BOOST_TEST(scene.core.counters().dropped == 2U);
  BOOST_TEST(scene.counters().depth == 2U);
  BOOST_TEST(scene.counters().balanced());
}

BOOST_AUTO_TEST_SUITE_END()
