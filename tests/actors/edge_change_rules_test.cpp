#include "actors/flow/node_core.hpp"
#include "model/edge/edge_change.hpp"
#include "tests/support/edge_scene.hpp"
#include "tests/support/node_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <random>
#include <string>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// A lossless edge between a producer and a consumer that are somewhere else: every message between them is
/// under way for a while, in the order of its plane (credit and its return overtake data).
struct distant_ends {
  explicit distant_ends(std::size_t capacity)
      : settings(edge_with(overflow_policy::block, capacity)),
        core(settings, nullptr, port_type::any(), false, links) {
    core.start();
  }

  void change(std::size_t capacity) {
    if (const auto wanted = core.set_capacity(capacity); wanted != 0)
      recalls.push_back(wanted);
  }
  void produce(std::size_t count) {
    count = std::min(count, credit);
    if (count == 0)
      return;
    credit -= count;
    batches.push_back(batch_of(numbers(produced, count)));
    produced += count;
  }
  /// One message of each kind arrives, if there is one.
  void receive_grant() { credit += std::exchange(links.credit, 0); }
  void receive_recall() {
    if (recalls.empty())
      return;
    const auto given = std::min(credit, recalls.front());
    recalls.pop_front();
    credit -= given;
    returns.push_back(given);
  }
  void receive_return() {
    if (returns.empty())
      return;
    core.return_credit(returns.front());
    returns.pop_front();
  }
  void receive_batch() {
    if (batches.empty())
      return;
    core.offer(std::move(batches.front()), taken);
    batches.pop_front();
  }
  void consume(std::size_t count) {
    count = std::min<std::size_t>(count, waiting());
    if (count == 0)
      return;
    taken += count;
    acknowledged.push_back(count);
  }
  void receive_taken() {
    if (acknowledged.empty())
      return;
    core.taken(acknowledged.front(), nullptr);
    acknowledged.pop_front();
  }
  std::uint64_t waiting() const { return core.counters().accepted - taken; }
  void settle() {
    while (!recalls.empty() || !returns.empty() || !batches.empty() || !acknowledged.empty() ||
           links.credit) {
      receive_grant();
      receive_recall();
      receive_return();
      receive_batch();
      receive_taken();
    }
  }

  edge_settings settings;
  recording_edge_links links;
  edge_core core;
  std::size_t credit = 0;
  std::uint64_t produced = 0;
  std::uint64_t taken = 0;
  std::deque<std::size_t> recalls;
  std::deque<std::size_t> returns;
  std::deque<std::size_t> acknowledged;
  std::deque<batch_pointer> batches;
};

edge_settings summing(std::size_t capacity) {
  auto settings = edge_with(overflow_policy::coalesce, capacity);
  settings.coalesce = [](message& queued, message&& incoming) {
    if (incoming.get<std::uint64_t>() == 13)
      throw error("cannot_coalesce", "thirteen");
    queued = queued.with(queued.get<std::uint64_t>() + incoming.get<std::uint64_t>());
  };
  return settings;
}

number_list take_all(lossy_channel& channel) {
  number_list all;
  message_batch batch;
  while (channel.look() == channel_state::waiting) {
    BOOST_REQUIRE(channel.take(batch));
    for (const auto number : numbers_of(batch.messages))
      all.push_back(number);
    batch.clear();
  }
  return all;
}

std::string code_of(const edge_change& change) {
  try {
    check_change(change);
    return "";
  } catch (const error& refused) {
    return refused.code();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_change_of_an_edge)

BOOST_AUTO_TEST_CASE(has_the_bounds_of_validation) {
  BOOST_TEST(code_of({}) == "bad_value");
  BOOST_TEST(code_of({0, {}}) == "bad_value");
  BOOST_TEST(code_of({defaults::edge_capacity_limit + 1, {}}) == "bad_value");
  BOOST_TEST(code_of({defaults::edge_capacity_limit, {}}) == "");
  BOOST_TEST(code_of({1, {}}) == "");
  BOOST_TEST(code_of({{}, priority_band::urgent}) == "");
}

BOOST_AUTO_TEST_CASE(that_comes_before_the_start_gives_one_first_credit_of_the_new_capacity) {
  edge_scene scene(edge_with(overflow_policy::block, 4));
  BOOST_TEST(scene.core.set_capacity(100) == 0U);
  BOOST_TEST(scene.links.credit == 0U);
  scene.core.start();
  BOOST_TEST(scene.links.credit == 100U);
}

BOOST_AUTO_TEST_CASE(asks_for_the_credit_above_a_lowered_capacity_and_no_more) {
  edge_scene scene(edge_with(overflow_policy::block, 100));
  scene.core.start();
  scene.offer(numbers(0, 30));
  BOOST_TEST(scene.core.set_capacity(60) == 40U);
  BOOST_TEST(scene.core.set_capacity(100) == 0U);
  // More waits than may: all of the credit has to come back, but what has come cannot.
  BOOST_TEST(scene.core.set_capacity(10) == 70U);
}

BOOST_AUTO_TEST_CASE(gives_returned_credit_again_when_the_capacity_was_raised_meanwhile) {
  edge_scene scene(edge_with(overflow_policy::block, 100));
  scene.core.start();
  BOOST_TEST(scene.core.set_capacity(10) == 90U);
  scene.core.set_capacity(50);
  scene.links.credit -= 90;
  scene.core.return_credit(90);
  BOOST_TEST(scene.links.credit == 50U);
}

BOOST_AUTO_TEST_CASE(of_an_aborted_edge_moves_no_credit) {
  edge_scene scene(edge_with(overflow_policy::block, 100));
  scene.core.start();
  scene.core.abort();
  BOOST_TEST(scene.core.set_capacity(10) == 0U);
  scene.core.return_credit(5);
  BOOST_TEST(scene.core.set_capacity(1000) == 0U);
  BOOST_TEST(scene.links.credit == 100U);
}

BOOST_AUTO_TEST_CASE(loses_no_message_and_no_credit_however_often_and_whenever_it_comes) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    std::mt19937_64 random(seed);
    distant_ends ends(64);
    for (int step = 0; step < 20'000; ++step) {
      switch (random() % 10) {
      case 0:
        ends.change(1 + random() % 200);
        break;
      case 1:
      case 2:
        ends.produce(random() % 20);
        break;
      case 3:
        ends.consume(random() % 20);
        break;
      case 4:
        ends.receive_grant();
        break;
      case 5:
        ends.receive_recall();
        break;
      case 6:
        ends.receive_return();
        break;
      case 7:
      case 9:
        ends.receive_batch();
        break;
      case 8:
        ends.receive_taken();
        break;
      }
      BOOST_REQUIRE_EQUAL(ends.core.counters().discarded, 0U);
    }
    ends.consume(ends.waiting());
    ends.settle();
    ends.consume(ends.waiting());
    ends.settle();
    const auto capacity = ends.core.counters().capacity;
    // At rest with nothing waiting, all of the capacity is credit in the producer's hands: none is lost, and
    // there is none too much.
    BOOST_TEST(ends.credit == capacity, "seed " << seed << ": credit " << ends.credit << " of " << capacity);
    BOOST_TEST(ends.taken == ends.produced);
    BOOST_TEST(ends.core.counters().offered == ends.produced);
    std::uint64_t expected = 0;
    for (const auto& batch : ends.links.delivered)
      for (const auto number : numbers_of(batch->messages))
        BOOST_REQUIRE_EQUAL(number, expected++);
    BOOST_TEST(ends.produced > 5000U);
  }
}

BOOST_AUTO_TEST_CASE(evicts_the_oldest_beyond_a_lowered_capacity_when_the_next_message_comes) {
  lossy_scene scene(edge_with(overflow_policy::drop_oldest, 8));
  scene.core.start();
  scene.offer(numbers(0, 8));
  scene.core.set_capacity(3);
  BOOST_TEST(scene.counters().depth == 8U);
  BOOST_TEST(scene.counters().adds_up());
  scene.offer({8});
  BOOST_TEST(scene.counters().balanced());
  BOOST_TEST(scene.core.counters().evicted == 6U);
  BOOST_TEST(take_all(*scene.channel) == numbers(6, 3), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_what_drop_once_took_and_drops_what_comes) {
  lossy_scene scene(edge_with(overflow_policy::drop, 8));
  scene.core.start();
  scene.offer(numbers(0, 8));
  scene.core.set_capacity(3);
  scene.offer({8, 9});
  BOOST_TEST(scene.core.counters().dropped == 2U);
  BOOST_TEST(scene.counters().adds_up());
  BOOST_TEST(take_all(*scene.channel) == numbers(0, 8), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(merges_the_newest_beyond_a_lowered_capacity) {
  lossy_scene scene(summing(5));
  scene.core.start();
  scene.offer({1, 2, 3, 4, 5});
  scene.core.set_capacity(2);
  scene.offer({100});
  BOOST_TEST(scene.counters().balanced());
  BOOST_TEST(scene.core.counters().coalesced == 4U);
  BOOST_TEST(take_all(*scene.channel) == (number_list{1, 114}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(loses_nothing_that_cannot_be_merged) {
  lossy_scene scene(summing(4));
  scene.core.start();
  scene.offer({1, 2, 13});
  scene.core.set_capacity(1);
  scene.offer({100});
  BOOST_TEST(scene.counters().adds_up());
  BOOST_TEST(take_all(*scene.channel) == (number_list{1, 2, 113}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(evicts_the_keys_that_waited_longest) {
  auto settings = edge_with(overflow_policy::latest, 4);
  settings.key = [](const message& one) { return std::to_string(one.get<std::uint64_t>() / 100); };
  lossy_scene scene(settings);
  scene.core.start();
  scene.offer({100, 200, 300, 400});
  scene.core.set_capacity(2);
  scene.offer({401});
  BOOST_TEST(scene.counters().balanced());
  BOOST_TEST(scene.core.counters().evicted == 2U);
  BOOST_TEST(scene.core.counters().replaced == 1U);
  BOOST_TEST(take_all(*scene.channel) == (number_list{300, 401}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_the_books_of_lossy_edges_at_random_moments) {
  for (const auto policy : {overflow_policy::drop, overflow_policy::drop_oldest, overflow_policy::latest,
                            overflow_policy::coalesce})
    for (const std::size_t prefetch : {1U, 4U}) {
      const std::uint64_t seed = 4711;
      std::mt19937_64 random(seed);
      auto settings = any_policy(policy, 16, prefetch);
      if (policy == overflow_policy::latest)
        settings.key = [](const message& one) { return std::to_string(one.get<std::uint64_t>() % 23); };
      lossy_scene scene(settings);
      scene.core.start();
      for (int step = 0; step < 5000; ++step) {
        const auto choice = random() % 5;
        if (choice == 0)
          scene.core.set_capacity(1 + random() % 32);
        else if (choice < 3)
          scene.offer(random_numbers(random, random() % 10));
        else
          scene.consume();
        BOOST_REQUIRE_MESSAGE(scene.counters().adds_up(), to_string(policy)
                                                              << ", prefetch " << prefetch << ", seed "
                                                              << seed << ", step " << step);
        BOOST_REQUIRE_EQUAL(scene.links.credit, defaults::lossy_window);
      }
    }
}

BOOST_AUTO_TEST_CASE(takes_credit_from_its_producer_and_leaves_what_is_in_the_outbox) {
  node_bench bench(node_shape::source());
  bench.start(10);
  BOOST_TEST(bench.core->give_back_credit(0, 4) <= 4U);
  bench.open();
  BOOST_REQUIRE_EQUAL(bench.core->start(), "");
  bench.core->go();
  bench.core->add_credit(0, 10, nullptr);
  BOOST_TEST(bench.core->give_back_credit(0, 4) == 4U);
  BOOST_TEST(bench.core->give_back_credit(0, 100) == 6U);
  BOOST_TEST(bench.core->give_back_credit(0, 1) == 0U);
}

BOOST_AUTO_TEST_CASE(lets_credit_go_back_in_quarters_of_the_new_capacity) {
  auto shape = node_shape::sink();
  shape.inputs = {{edge_with(overflow_policy::block, 1024)}};
  node_bench bench(shape);
  bench.start();
  bench.core->change_input(0, {8, {}});
  bench.feed(0, numbers(0, 8));
  // Two by two, and not eight at the end of the slice.
  BOOST_TEST(bench.told("taken 2 of 0") == 4U);
  bench.core->change_input(0, {1024, {}});
  bench.feed(0, numbers(8, 8));
  BOOST_TEST(bench.told("taken 8 of 0") == 1U);
  BOOST_TEST(bench.links.taken[0] == 16U);
}

BOOST_AUTO_TEST_CASE(of_the_band_reaches_the_turns_of_its_consumer) {
  auto shape = node_shape::sink();
  shape.inputs = {{edge_with(overflow_policy::block, 1024)}, {edge_with(overflow_policy::block, 1024)}};
  node_bench bench(shape);
  std::vector<std::uint64_t> handled(2);
  bench.script->on_message = [&](node_context&, std::size_t, message& in) {
    if (handled[0] + handled[1] < 400)
      ++handled[in.get<std::uint64_t>() / 10'000];
  };
  bench.start();
  bench.core->change_input(1, {{}, priority_band::urgent});
  bench.push(0, batch_of(numbers(0, 500)));
  bench.push(1, batch_of(numbers(10'000, 500)));
  bench.run();
  BOOST_TEST(handled[1] == 4 * handled[0]);
}

BOOST_AUTO_TEST_SUITE_END()
