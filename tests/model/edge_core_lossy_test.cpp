#include "model/message/text.hpp"
#include "tests/support/edge_scene.hpp"

#include <numeric>
#include <string>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

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
