#include "model/edge/edge_queue.hpp"
#include "tests/support/edge_values.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>

using namespace sluice;
using namespace sluice::testing;
using list = std::vector<std::uint64_t>;

namespace {

/// A queue of numbers; the key of a number is its hundreds.
struct numbers_queue {
  explicit numbers_queue(edge_settings given) : settings(std::move(given)), queue(settings) {}

  push_verdict push(std::uint64_t number, std::size_t outside = 0) {
    why.clear();
    return queue.push(message(number), outside, why);
  }
  list take_all() {
    list all;
    while (!queue.empty())
      all.push_back(queue.pop().get<std::uint64_t>());
    return all;
  }
  void fill(const list& numbers) {
    for (const auto number : numbers)
      BOOST_REQUIRE(push(number) == push_verdict::accepted);
  }

  edge_settings settings;
  edge_queue queue;
  std::string why;
};

std::string hundreds(const message& in) {
  return std::to_string(in.get<std::uint64_t>() / 100);
}

edge_settings keyed(std::size_t capacity) {
  auto settings = edge_with(overflow_policy::latest, capacity);
  settings.key = hundreds;
  return settings;
}

edge_settings summing(std::size_t capacity) {
  auto settings = edge_with(overflow_policy::coalesce, capacity);
  settings.coalesce = [](message& queued, message&& incoming) {
    queued = queued.with(queued.get<std::uint64_t>() + incoming.get<std::uint64_t>());
  };
  return settings;
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_edge_queue)

BOOST_AUTO_TEST_CASE(gives_back_in_the_order_of_arrival) {
  numbers_queue tested(edge_with(overflow_policy::drop, 100));
  tested.fill(numbers(0, 100));
  BOOST_TEST(tested.take_all() == numbers(0, 100), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_its_order_while_its_ring_wraps_and_grows) {
  numbers_queue tested(edge_with(overflow_policy::drop, 1000));
  list taken;
  for (std::uint64_t i = 0; i < 500; ++i) {
    tested.fill({3 * i, 3 * i + 1, 3 * i + 2});
    taken.push_back(tested.queue.pop().get<std::uint64_t>());
    taken.push_back(tested.queue.pop().get<std::uint64_t>());
  }
  const auto rest = tested.take_all();
  taken.insert(taken.end(), rest.begin(), rest.end());
  BOOST_TEST(taken == numbers(0, 1500), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(that_drops_keeps_the_oldest_and_drops_the_new) {
  numbers_queue tested(edge_with(overflow_policy::drop, 3));
  tested.fill({1, 2, 3});
  BOOST_TEST((tested.push(4) == push_verdict::dropped));
  BOOST_TEST((tested.push(5) == push_verdict::dropped));
  BOOST_TEST(tested.queue.pop().get<std::uint64_t>() == 1U);
  BOOST_TEST((tested.push(6) == push_verdict::accepted));
  BOOST_TEST(tested.take_all() == (list{2, 3, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(that_drops_the_oldest_keeps_the_newest) {
  numbers_queue tested(edge_with(overflow_policy::drop_oldest, 3));
  tested.fill({1, 2, 3});
  BOOST_TEST((tested.push(4) == push_verdict::evicted));
  BOOST_TEST((tested.push(5) == push_verdict::evicted));
  BOOST_TEST(tested.take_all() == (list{3, 4, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_capacity_one_that_drops_the_oldest_keeps_exactly_the_newest) {
  numbers_queue tested(edge_with(overflow_policy::drop_oldest, 1));
  tested.fill({1});
  BOOST_TEST((tested.push(2) == push_verdict::evicted));
  BOOST_TEST(tested.take_all() == (list{2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_the_latest_without_key_keeps_one_in_all_however_large_it_is) {
  numbers_queue tested(edge_with(overflow_policy::latest, 10));
  tested.fill({1});
  BOOST_TEST((tested.push(2) == push_verdict::replaced));
  BOOST_TEST((tested.push(3) == push_verdict::replaced));
  BOOST_TEST(tested.queue.size() == 1U);
  BOOST_TEST(tested.take_all() == (list{3}), boost::test_tools::per_element());
  BOOST_TEST((tested.push(4) == push_verdict::accepted));
}

BOOST_AUTO_TEST_CASE(of_the_latest_by_key_replaces_in_place) {
  numbers_queue tested(keyed(3));
  tested.fill({100, 200, 300});
  BOOST_TEST((tested.push(201) == push_verdict::replaced));
  BOOST_TEST((tested.push(101) == push_verdict::replaced));
  BOOST_TEST((tested.push(102) == push_verdict::replaced));
  BOOST_TEST(tested.take_all() == (list{102, 201, 300}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_the_latest_by_key_that_is_full_evicts_the_key_that_waited_longest) {
  numbers_queue tested(keyed(2));
  tested.fill({100, 200});
  BOOST_TEST((tested.push(101) == push_verdict::replaced)); // still in the place of 100: first in, first out
  BOOST_TEST((tested.push(300) == push_verdict::evicted));
  BOOST_TEST((tested.push(201) == push_verdict::replaced));
  BOOST_TEST((tested.push(102) == push_verdict::evicted)); // key 1 is a new key again, and 2 goes
  BOOST_TEST(tested.take_all() == (list{300, 102}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_the_latest_by_key_of_capacity_one_keeps_the_newest_of_all) {
  numbers_queue tested(keyed(1));
  tested.fill({100});
  BOOST_TEST((tested.push(101) == push_verdict::replaced));
  BOOST_TEST((tested.push(200) == push_verdict::evicted));
  BOOST_TEST((tested.push(201) == push_verdict::replaced));
  BOOST_TEST(tested.take_all() == (list{201}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(forgets_the_key_of_a_message_that_was_taken) {
  numbers_queue tested(keyed(4));
  tested.fill({100, 200});
  BOOST_TEST(tested.queue.pop().get<std::uint64_t>() == 100U);
  BOOST_TEST((tested.push(101) == push_verdict::accepted));
  BOOST_TEST((tested.push(202) == push_verdict::replaced));
  BOOST_TEST(tested.take_all() == (list{202, 101}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_the_latest_by_key_holds_what_a_plain_list_would_while_it_grows_and_shrinks) {
  numbers_queue tested(keyed(200));
  list expected; // oldest first, one number a key
  std::mt19937_64 random(7);
  const auto same_key = [](std::uint64_t number) {
    return [number](std::uint64_t other) { return other / 100 == number / 100; };
  };
  for (int step = 0; step < 20'000; ++step) {
    const bool growing = step / 1000 % 2 == 0;
    if (random() % 4 < (growing ? 3U : 1U)) {
      const auto number = random() % 30'000;
      (void)tested.push(number);
      const auto found = std::find_if(expected.begin(), expected.end(), same_key(number));
      if (found != expected.end()) {
        *found = number;
        continue;
      }
      if (expected.size() == 200)
        expected.erase(expected.begin());
      expected.push_back(number);
    } else if (!expected.empty()) {
      BOOST_REQUIRE_EQUAL(tested.queue.pop().get<std::uint64_t>(), expected.front());
      expected.erase(expected.begin());
    }
    BOOST_REQUIRE_EQUAL(tested.queue.size(), expected.size());
  }
  BOOST_TEST(tested.take_all() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_a_message_without_key_and_says_why) {
  auto settings = keyed(2);
  settings.key = [](const message& in) -> std::string {
    if (in.get<std::uint64_t>() == 13)
      throw std::runtime_error("13 has no key");
    return hundreds(in);
  };
  numbers_queue tested(settings);
  tested.fill({100, 200});
  BOOST_TEST((tested.push(13) == push_verdict::refused));
  BOOST_TEST(tested.why == "13 has no key");
  BOOST_TEST(tested.take_all() == (list{100, 200}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(that_coalesces_merges_into_the_newest_when_it_is_full_only) {
  numbers_queue tested(summing(2));
  tested.fill({1, 2});
  BOOST_TEST((tested.push(10) == push_verdict::coalesced));
  BOOST_TEST((tested.push(100) == push_verdict::coalesced));
  BOOST_TEST(tested.take_all() == (list{1, 112}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(
    refuses_what_cannot_be_merged_and_leaves_the_queued_message_and_the_new_one_as_they_were) {
  auto settings = edge_with(overflow_policy::coalesce, 1);
  settings.coalesce = [](message&, message&&) { throw std::runtime_error("they do not fit"); };
  numbers_queue tested(settings);
  tested.fill({1});
  message incoming(std::uint64_t{2});
  const auto& kept = incoming; // a refused message is not moved from
  std::string why;
  BOOST_TEST((tested.queue.push(std::move(incoming), 0, why) == push_verdict::refused));
  BOOST_TEST(why == "they do not fit");
  BOOST_TEST(kept.get<std::uint64_t>() == 2U);
  BOOST_TEST(tested.take_all() == (list{1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_also_when_user_code_throws_something_that_is_no_exception) {
  auto merging = edge_with(overflow_policy::coalesce, 1);
  merging.coalesce = [](message&, message&&) { throw 42; };
  numbers_queue merges(merging);
  merges.fill({1});
  BOOST_TEST((merges.push(2) == push_verdict::refused));
  BOOST_TEST(!merges.why.empty());

  auto by_key = keyed(1);
  by_key.key = [](const message&) -> std::string { throw 42; };
  numbers_queue keys(by_key);
  BOOST_TEST((keys.push(2) == push_verdict::refused));
  BOOST_TEST(!keys.why.empty());
}

BOOST_AUTO_TEST_CASE(counts_what_is_at_the_consumer_as_room_that_is_taken) {
  numbers_queue tested(edge_with(overflow_policy::drop_oldest, 3));
  BOOST_TEST((tested.push(1, 2) == push_verdict::accepted));
  BOOST_TEST((tested.push(2, 2) == push_verdict::evicted));
  BOOST_TEST(tested.take_all() == (list{2}), boost::test_tools::per_element());
  // All of the capacity is out of reach: even this policy can only drop the new one.
  BOOST_TEST((tested.push(3, 3) == push_verdict::dropped));
  BOOST_TEST(tested.queue.empty());
}

BOOST_AUTO_TEST_CASE(discards_nothing_when_its_capacity_is_lowered) {
  for (const auto policy : {overflow_policy::drop, overflow_policy::drop_oldest, overflow_policy::coalesce}) {
    auto settings = summing(4);
    settings.policy = policy;
    numbers_queue tested(settings);
    tested.fill({1, 2, 3, 4});
    tested.queue.set_capacity(2);
    BOOST_TEST(tested.take_all() == numbers(1, 4), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(takes_nothing_more_until_it_is_below_a_lowered_capacity) {
  numbers_queue tested(edge_with(overflow_policy::drop, 4));
  tested.fill({1, 2, 3, 4});
  tested.queue.set_capacity(2);
  (void)tested.queue.pop();
  (void)tested.queue.pop();
  BOOST_TEST((tested.push(5) == push_verdict::dropped));
  (void)tested.queue.pop();
  BOOST_TEST((tested.push(6) == push_verdict::accepted));
  BOOST_TEST(tested.take_all() == (list{4, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_more_once_its_capacity_is_raised) {
  numbers_queue tested(edge_with(overflow_policy::drop, 1));
  tested.fill({1});
  BOOST_TEST((tested.push(2) == push_verdict::dropped));
  tested.queue.set_capacity(40);
  tested.fill(numbers(3, 39));
  BOOST_TEST((tested.push(99) == push_verdict::dropped));
  BOOST_TEST(tested.queue.size() == 40U);
}

BOOST_AUTO_TEST_CASE(says_how_many_it_cleared_and_forgets_their_keys) {
  numbers_queue tested(keyed(4));
  tested.fill({100, 200, 300});
  BOOST_TEST(tested.queue.clear() == 3U);
  BOOST_TEST(tested.queue.empty());
  BOOST_TEST((tested.push(101) == push_verdict::accepted));
}

BOOST_AUTO_TEST_SUITE_END()
