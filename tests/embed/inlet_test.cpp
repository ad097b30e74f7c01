#include "tests/embed/embed_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <numeric>
#include <thread>

using namespace sluice;
using namespace sluice::testing;

namespace {

using wide_numbers = std::shared_ptr<std::vector<std::uint64_t>>;

wide_numbers new_wide_numbers() {
  return std::make_shared<std::vector<std::uint64_t>>();
}

/// Which thread pushed it, and as its which.
struct pushed {
  std::uint32_t thread = 0;
  std::uint32_t number = 0;
};

/// Pushes the numbers from 0 to `count - 1`: singly, in spans, waiting and not, as `thread` says. The
/// end shows what was refused: Boost.Test is not for many threads.
void push_all(const inlet<pushed>& to, std::uint32_t thread, std::uint32_t count) {
  std::uint32_t next = 0;
  while (next < count) {
    if (thread % 2 == 0) {
      if (to.push(pushed{thread, next}, patience) != push_result::accepted)
        return;
      ++next;
      continue;
    }
    std::array<pushed, 48> some{};
    const auto size = std::min<std::size_t>(some.size(), count - next);
    for (std::uint32_t i = 0; i < size; ++i)
      some[i] = {thread, next + i};
    const auto span = std::span<pushed>(some).first(size);
    const auto taken = thread % 4 == 1 ? to.push(span, patience) : to.try_push(span);
    if (taken == 0)
      std::this_thread::yield();
    next += static_cast<std::uint32_t>(taken);
  }
}

/// Checks at the flow's end of an inlet that nothing of a thread is missing or out of order.
struct order_check {
  std::vector<std::uint32_t> next;
  bool in_order = true;
  void see(const pushed& one) {
    in_order = in_order && next[one.thread] == one.number;
    next[one.thread] = one.number + 1;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(inlets)

BOOST_AUTO_TEST_CASE(what_is_pushed_reaches_the_flow_in_order_and_close_ends_it) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<std::uint64_t>("numbers", 100);
  const auto seen = new_wide_numbers();
  scene.b.sink(numbers, "seen", seen_by(seen));
  const auto running = scene.start();
  for (std::uint64_t i = 0; i < 20'000; ++i)
    BOOST_REQUIRE(numbers.push(i, patience) == push_result::accepted);
  numbers.close();
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  std::vector<std::uint64_t> expected(20'000);
  std::iota(expected.begin(), expected.end(), 0U);
  BOOST_TEST(*seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(eight_threads_neither_lose_nor_reorder_what_each_pushes) {
  constexpr std::uint32_t threads = 8;
  constexpr std::uint32_t each = 20'000;
  embed_scene scene;
  const auto values = scene.b.inlet<pushed>("values", 128);
  const auto check = std::make_shared<order_check>();
  check->next.resize(threads);
  scene.b.sink(values, "check", [check](const pushed& one) { check->see(one); });
  const auto running = scene.start();
  std::vector<std::thread> pushing;
  for (std::uint32_t thread = 0; thread < threads; ++thread)
    pushing.emplace_back([&values, thread] { push_all(values, thread, each); });
  for (auto& one : pushing)
    one.join();
  values.close();
  scene.fixture.finish(running);
  BOOST_TEST(check->in_order);
  for (const auto next : check->next)
    BOOST_TEST(next == each);
}

BOOST_AUTO_TEST_CASE(each_push_wakes_a_source_that_sleeps) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<std::uint64_t>("numbers", 4);
  const auto back = scene.b.outlet(numbers, "back", 4);
  const auto running = scene.start();
  // The next is pushed when the one before has come out: so the source has fallen asleep, or is about to.
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    BOOST_REQUIRE(numbers.try_push(i));
    const auto pulled = back.pull(patience);
    BOOST_REQUIRE(pulled.has_value());
    BOOST_REQUIRE(*pulled == i);
  }
  numbers.close();
  scene.fixture.finish(running);
}

BOOST_AUTO_TEST_CASE(one_that_is_full_refuses_and_leaves_the_value_alone) {
  embed_scene scene;
  const auto values = scene.b.inlet<std::unique_ptr<int>>("values", 2);
  BOOST_TEST(values.try_push(std::make_unique<int>(1)));
  BOOST_TEST(values.try_push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  BOOST_TEST(!values.try_push(std::move(third)));
  BOOST_REQUIRE(third);
  BOOST_TEST((values.push(std::move(third), std::chrono::milliseconds{1}) == push_result::full));
  BOOST_REQUIRE(third);
  BOOST_TEST(values.size() == 2U);
  BOOST_TEST(values.capacity() == 2U);
}

BOOST_AUTO_TEST_CASE(a_span_is_taken_as_far_as_there_is_room) {
  embed_scene scene;
  const auto words = scene.b.inlet<std::string>("words", 3);
  std::vector<std::string> some{"first word of all", "second word of all"};
  BOOST_TEST(words.try_push(std::span<const std::string>(some)) == 2U);
  BOOST_TEST(some[0] == "first word of all");
  BOOST_TEST(words.try_push(std::span(some)) == 1U);
  BOOST_TEST(some[0].empty());
  BOOST_TEST(some[1] == "second word of all");
  BOOST_TEST(words.push(std::span(some), std::chrono::milliseconds{1}) == 0U);
  BOOST_TEST(some[1] == "second word of all");
}

BOOST_AUTO_TEST_CASE(a_container_is_copied_unless_it_is_given_away) {
  embed_scene scene;
  const auto words = scene.b.inlet<std::string>("words", 7);
  std::vector<std::string> some{"first word of all", "second word of all"};
  const std::array<std::string, 1> fixed{"a word that stays"};
  BOOST_TEST(words.try_push(some) == 2U);
  BOOST_TEST(words.push(some, patience) == 2U);
  BOOST_TEST(words.try_push(fixed) == 1U);
  BOOST_TEST(some[0] == "first word of all");
  BOOST_TEST(some[1] == "second word of all");
  const auto taken = words.try_push(std::move(some));
  BOOST_TEST(taken == 2U);
  BOOST_TEST(some[0].empty()); // NOLINT(bugprone-use-after-move): that it was moved from
  std::vector<std::string> late{"a word too late"};
  const auto too_late = words.push(std::move(late), std::chrono::milliseconds{1});
  BOOST_TEST(too_late == 0U);
  BOOST_TEST(late[0] == "a word too late"); // NOLINT(bugprone-use-after-move): that it was not
}

BOOST_AUTO_TEST_CASE(a_payload_may_be_a_container_itself) {
  embed_scene scene;
  const auto lists = scene.b.inlet<std::vector<int>>("lists", 4);
  std::vector<int> one{1, 2, 3};
  BOOST_TEST(lists.try_push(one));
  BOOST_TEST(one.size() == 3U);
  BOOST_TEST(lists.try_push(std::vector<std::vector<int>>{{4}, {5}}) == 2U);
  BOOST_TEST(lists.size() == 3U);
}

BOOST_AUTO_TEST_CASE(payloads_that_cannot_be_copied_may_come_in_containers) {
  embed_scene scene;
  using batch = std::vector<std::unique_ptr<int>>;
  const auto batches = scene.b.inlet<batch>("batches");
  const auto sum = std::make_shared<int>(0);
  scene.b.sink(batches, "sum", [sum](batch&& owned) {
    for (const auto& each : owned)
      *sum += *each;
  });
  const auto running = scene.start();
  for (int i = 1; i <= 10; ++i) {
    batch some;
    some.push_back(std::make_unique<int>(i));
    const bool taken = batches.try_push(std::move(some));
    BOOST_TEST(taken);
  }
  batches.close();
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST(counters_of(summary.final, "sum").errors == 0U);
  BOOST_TEST(*sum == 55);
}

BOOST_AUTO_TEST_CASE(a_container_of_what_cannot_be_copied_can_be_taken_by_one_edge_only) {
  embed_scene scene;
  using batch = std::vector<std::unique_ptr<int>>;
  const auto batches = scene.b.inlet<batch>("batches");
  const auto taken = std::make_shared<std::atomic<std::uint64_t>>(0);
  const auto take = [taken](batch&& owned) { *taken += owned.size(); };
  error_settings settings;
  settings.policy = error_policy::fail;
  scene.b.sink(batches, "left", take);
  scene.b.on_error(settings);
  scene.b.sink(batches, "right", take);
  scene.b.on_error(settings);
  batch some;
  some.push_back(std::make_unique<int>(1));
  const bool given = batches.try_push(std::move(some));
  BOOST_TEST(given);
  batches.close();
  const auto summary = scene.fixture.finish(scene.start());
  BOOST_TEST((summary.outcome == flow_status::failed));
  BOOST_TEST(summary.reason.find("shared_payload") != std::string::npos, summary.reason);
  // Whoever comes last may find itself alone with it.
  BOOST_TEST(*taken <= 1U);
}

BOOST_AUTO_TEST_CASE(what_is_pushed_before_the_start_waits_for_it) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<std::uint64_t>("numbers", 4);
  const auto seen = new_wide_numbers();
  scene.b.sink(numbers, "seen", seen_by(seen));
  BOOST_TEST(numbers.try_push(7U));
  numbers.close();
  BOOST_TEST((scene.fixture.finish(scene.start()).outcome == flow_status::finished));
  BOOST_TEST(seen->size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_pusher_that_waits_goes_on_when_the_paused_flow_does) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<std::uint64_t>("numbers", 3);
  const auto seen = new_wide_numbers();
  scene.b.sink(numbers, "seen", seen_by(seen));
  const auto running = scene.start_paused();
  for (std::uint64_t i = 0; i < 3; ++i)
    BOOST_TEST(numbers.try_push(i));
  BOOST_TEST((numbers.push(9U, std::chrono::milliseconds{1}) == push_result::full));
  auto fourth = std::async(std::launch::async, [numbers] { return numbers.push(3U, patience); });
  running.resume();
  BOOST_TEST((fourth.get() == push_result::accepted));
  numbers.close();
  scene.fixture.finish(running);
  BOOST_TEST(*seen == (std::vector<std::uint64_t>{0, 1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_full_flow_holds_pushers_back) {
  embed_scene scene;
  edge_settings narrow;
  narrow.capacity = 2;
  const auto numbers = scene.b.inlet<std::uint64_t>("numbers", 3);
  const auto out = scene.b.outlet(numbers, "out", 1, narrow);
  const auto running = scene.start();
  std::size_t accepted = 0;
  scene.fixture.await(
      [&] {
        accepted += numbers.try_push(accepted) ? 1U : 0U;
        const auto offered = running.snapshot().edges.front().counters.offered;
        return numbers.size() == 3 && out.size() == 1 && offered == 4;
      },
      running);
  // One pulled from, one deferred by the outlet, two in the edge, three here.
  BOOST_TEST(accepted == 7U);
  BOOST_TEST(!numbers.try_push(7U));
  for (std::uint64_t i = 0; i < accepted; ++i)
    BOOST_TEST(out.pull(patience).value() == i);
  numbers.close();
  scene.fixture.finish(running);
}

BOOST_AUTO_TEST_CASE(a_pusher_goes_on_when_a_little_room_is_left_and_no_more_to_come) {
  embed_scene scene;
  edge_settings narrow;
  narrow.capacity = 1;
  const auto numbers = scene.b.inlet<std::uint64_t>("numbers", 100);
  const auto out = scene.b.outlet(numbers, "out", 1, narrow);
  const auto running = scene.start();
  std::uint64_t accepted = 0;
  scene.fixture.await(
      [&] {
        while (numbers.try_push(accepted))
          ++accepted;
        return accepted == 103;
      },
      running);
  // It waits for room again and again, and each time there is one place and no more.
  auto waiting = std::async(std::launch::async, [&] {
    std::vector<std::uint64_t> more(20);
    return numbers.push(more, std::chrono::hours{24});
  });
  for (std::uint64_t i = 0; i < 20; ++i) {
    BOOST_TEST(out.pull(patience).value() == i);
    scene.fixture.await([&] { return out.size() == 1 && numbers.size() == 100; }, running);
  }
  BOOST_TEST((waiting.wait_for(patience) == std::future_status::ready));
  running.abort("enough");
  scene.fixture.finish(running);
}

BOOST_AUTO_TEST_SUITE_END()
