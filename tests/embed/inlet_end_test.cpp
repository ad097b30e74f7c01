#include "tests/embed/embed_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <optional>
#include <stdexcept>

using namespace sluice;
using namespace sluice::testing;

namespace {

using number_list = std::shared_ptr<std::vector<int>>;

/// A class of one's own that does not start.
struct unwilling : node {
  using outputs = ports<port<"out", int>>;
  void on_start(node_context&) override { throw std::runtime_error("not today"); }
};

/// An inlet of three places before a sink, paused.
struct paused_scene : embed_scene {
  inlet<int> numbers = b.inlet<int>("numbers", 3);
  number_list seen = std::make_shared<std::vector<int>>();
  std::optional<flow> running;

  paused_scene() {
    b.sink(numbers, "seen", seen_by(seen));
    running = start_paused();
  }
  /// Fills the inlet and lets a thread wait for the fourth place.
  std::future<push_result> fill_and_wait() {
    for (int i = 0; i < 3; ++i)
      BOOST_REQUIRE(numbers.try_push(i));
    return std::async(std::launch::async, [to = numbers] { return to.push(3, patience); });
  }
};

/// A flow whose sink waits for an inlet of another flow, and then for its outlet.
flow_summary run_waiting_sink(embed_scene& scene, execution_kind kind) {
  flow_builder other;
  const auto in = other.inlet<int>("in");
  const auto out = other.outlet(in, "out");
  const auto answering = other.start(scene.fixture.runtime());
  const auto numbers = scene.b.inlet<int>("numbers");
  scene.b.sink(numbers, "waits", [in, out](int number) {
    (void)in.try_push(number);
    (void)in.push(number, patience);
    (void)out.pull(patience);
  });
  scene.b.execution(kind);
  error_settings settings;
  settings.policy = error_policy::fail;
  scene.b.on_error(settings);
  BOOST_TEST(numbers.try_push(1));
  numbers.close();
  const auto summary = scene.fixture.finish(scene.start());
  in.close();
  (void)out.pull(patience);
  scene.fixture.finish(answering);
  return summary;
}

/// A number that cannot be moved into its message.
struct brittle {
  brittle(int value, const std::atomic<int>& no_good) : number(value), breaks(&no_good) {}
  brittle(const brittle&) = delete;
  brittle(brittle&& other) noexcept(false) : number(other.number), breaks(other.breaks) {
    if (*breaks == number)
      throw std::runtime_error("broken");
  }
  int number;
  const std::atomic<int>* breaks;
};

/// Pushes 0 to 4 into an inlet whose node handles errors by `policy`; 2 breaks. Returns the node's counters.
node_counters run_brittle(error_policy policy, std::vector<int>& passed) {
  std::atomic<int> breaks{-1};
  embed_scene scene;
  const auto numbers = scene.b.inlet<brittle>("numbers", 8);
  error_settings settings;
  settings.policy = policy;
  settings.restart_backoff = std::chrono::milliseconds{1};
  scene.b.on_error(settings);
  const auto seen = std::make_shared<std::vector<int>>();
  scene.b.sink(numbers, "seen", [seen](const brittle& one) { seen->push_back(one.number); });
  const auto running = scene.start_paused();
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(numbers.try_push(brittle(i, breaks)));
  breaks = 2;
  numbers.close();
  running.resume();
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST((summary.outcome == flow_status::finished));
  passed = *seen;
  return counters_of(summary.final, "numbers");
}

} // namespace

BOOST_AUTO_TEST_SUITE(ends_of_inlets)

BOOST_AUTO_TEST_CASE(a_closed_one_refuses_and_its_flow_finishes) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers", 3);
  scene.b.sink(numbers, "seen", [](int) {});
  const auto running = scene.start();
  BOOST_TEST(!numbers.ended());
  numbers.close();
  numbers.close();
  BOOST_TEST(numbers.ended());
  BOOST_TEST(!numbers.try_push(1));
  BOOST_TEST((numbers.push(1, patience) == push_result::ended));
  BOOST_TEST(numbers.push(std::span<const int>(std::vector<int>{1, 2}), patience) == 0U);
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
}

BOOST_AUTO_TEST_CASE(one_that_nobody_holds_any_more_is_closed) {
  embed_scene scene;
  const auto seen = std::make_shared<std::vector<int>>();
  std::optional<inlet<int>> numbers = scene.b.inlet<int>("numbers", 3);
  scene.b.sink(*numbers, "seen", seen_by(seen));
  const auto running = scene.start();
  auto copy = numbers;
  numbers.reset();
  BOOST_TEST(copy->try_push(1));
  copy.reset();
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  BOOST_TEST(seen->size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_stop_brings_all_that_was_accepted_through) {
  paused_scene scene;
  for (int i = 0; i < 3; ++i)
    BOOST_REQUIRE(scene.numbers.try_push(i));
  scene.running->stop();
  const auto summary = scene.fixture.finish(*scene.running);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(summary.discarded == 0U);
  BOOST_TEST(*scene.seen == (std::vector<int>{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST((scene.numbers.push(3, patience) == push_result::ended));
}

BOOST_AUTO_TEST_CASE(a_stop_amid_pushes_loses_none_that_was_accepted) {
  embed_scene scene;
  const auto seen = std::make_shared<std::vector<int>>();
  const auto numbers = scene.b.inlet<int>("numbers", 64);
  scene.b.sink(numbers, "seen", seen_by(seen));
  const auto running = scene.start();
  auto pushing = std::async(std::launch::async, [numbers] {
    int accepted = 0;
    while (numbers.push(accepted, patience) == push_result::accepted)
      ++accepted;
    return accepted;
  });
  scene.fixture.await([&] { return running.snapshot().edges.front().counters.delivered > 1000; }, running);
  running.stop();
  const auto accepted = pushing.get();
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST(summary.discarded == 0U);
  BOOST_REQUIRE(seen->size() == static_cast<std::size_t>(accepted));
  BOOST_TEST(seen->back() == accepted - 1);
}

BOOST_AUTO_TEST_CASE(an_abort_releases_who_waits_and_counts_what_was_here) {
  paused_scene scene;
  auto waiting = scene.fill_and_wait();
  scene.running->abort("enough");
  BOOST_TEST((waiting.get() == push_result::ended));
  const auto summary = scene.fixture.finish(*scene.running);
  BOOST_TEST((summary.outcome == flow_status::aborted));
  BOOST_TEST(summary.discarded == 3U);
  BOOST_TEST(counters_of(summary.final, "numbers").discarded == 3U);
  BOOST_TEST(scene.numbers.size() == 0U);
}

BOOST_AUTO_TEST_CASE(the_runtimes_destruction_releases_who_waits) {
  std::future<push_result> waiting;
  std::optional<inlet<int>> numbers;
  {
    paused_scene scene;
    waiting = scene.fill_and_wait();
    numbers = scene.numbers;
  }
  BOOST_TEST((waiting.get() == push_result::ended));
  BOOST_TEST(!numbers->try_push(1));
}

BOOST_AUTO_TEST_CASE(a_flow_that_does_not_start_releases_who_waits) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers", 1);
  // Before the inlet's node in the order of starts, so that this one is never made.
  const auto source = scene.b.add<unwilling>("unwilling");
  const in_port<int> both("seen");
  scene.b.sink(source, "seen", [](int) {});
  scene.b.connect(numbers, both);
  BOOST_TEST(numbers.try_push(1));
  auto waiting = std::async(std::launch::async, [numbers] { return numbers.push(2, patience); });
  const auto running = scene.start();
  BOOST_TEST((waiting.get() == push_result::ended));
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::failed));
}

BOOST_AUTO_TEST_CASE(one_serves_a_single_flow) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers", 3);
  scene.b.sink(numbers, "seen", [](int) {});
  const auto first = scene.start();
  scene.fixture.await([&] { return first.status() == flow_status::running; }, first);
  const auto second = scene.fixture.finish(scene.start());
  BOOST_TEST((second.outcome == flow_status::failed));
  BOOST_TEST(second.reason.find("'numbers' already serves a flow") != std::string::npos);
  // The first one does not mind.
  BOOST_TEST(numbers.try_push(1));
  numbers.close();
  BOOST_TEST((scene.fixture.finish(first).outcome == flow_status::finished));
  const auto third = scene.fixture.finish(scene.start());
  BOOST_TEST(third.reason.find("'numbers' served a flow that is over") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_handler_that_would_hold_a_worker_gets_an_error) {
  embed_scene scene;
  const auto summary = run_waiting_sink(scene, execution_kind::cooperative);
  BOOST_TEST((summary.outcome == flow_status::failed));
  BOOST_TEST(summary.reason.find("would_block_worker") != std::string::npos, summary.reason);
}

BOOST_AUTO_TEST_CASE(a_handler_with_a_thread_of_its_own_may_wait) {
  embed_scene scene;
  BOOST_TEST((run_waiting_sink(scene, execution_kind::blocking).outcome == flow_status::finished));
}

BOOST_AUTO_TEST_CASE(a_message_that_cannot_be_emitted_is_an_error_and_takes_no_other_with_it) {
  std::vector<int> passed;
  const auto counters = run_brittle(error_policy::proceed, passed);
  BOOST_TEST(passed == (std::vector<int>{0, 1, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(counters.errors == 1U);
}

BOOST_AUTO_TEST_CASE(a_restart_of_its_node_loses_nothing_that_was_accepted) {
  std::vector<int> passed;
  const auto counters = run_brittle(error_policy::restart, passed);
  BOOST_TEST(passed == (std::vector<int>{0, 1, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(counters.restarts == 1U);
}

BOOST_AUTO_TEST_CASE(a_restart_of_its_node_after_a_stop_loses_nothing_either) {
  std::atomic<int> breaks{-1};
  embed_scene scene;
  const auto numbers = scene.b.inlet<brittle>("numbers", 8);
  error_settings settings;
  settings.policy = error_policy::restart;
  // Long enough for the stop to come before the fresh node.
  settings.restart_backoff = std::chrono::milliseconds{200};
  scene.b.on_error(settings);
  const auto seen = std::make_shared<std::vector<int>>();
  scene.b.sink(numbers, "seen", [seen](const brittle& one) { seen->push_back(one.number); });
  const auto running = scene.start_paused();
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(numbers.try_push(brittle(i, breaks)));
  breaks = 2;
  running.resume();
  scene.fixture.await([&] { return counters_of(running.snapshot(), "numbers").restarts == 1; }, running);
  running.stop();
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST((summary.outcome == flow_status::finished), summary.reason);
  BOOST_TEST(*seen == (std::vector<int>{0, 1, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(summary.discarded == 0U);
}

BOOST_AUTO_TEST_CASE(what_an_abort_gives_up_is_destroyed_where_its_destructor_may_ask_for_the_inlet) {
  embed_scene scene;
  const auto in = scene.b.inlet<curious>("in", 4);
  scene.b.sink(in, "seen", [](const curious&) {});
  const auto running = scene.start_paused();
  const auto looked = std::make_shared<std::promise<std::size_t>>();
  BOOST_TEST(in.try_push(curious([in, looked] { looked->set_value(in.size()); })));
  running.abort("enough");
  auto seen = looked->get_future();
  BOOST_REQUIRE(seen.wait_for(patience) == std::future_status::ready);
  BOOST_TEST(seen.get() == 0U);
  BOOST_TEST(scene.fixture.finish(running).discarded == 1U);
}

BOOST_AUTO_TEST_CASE(a_capacity_of_none_is_refused) {
  flow_builder b;
  BOOST_CHECK_EXCEPTION((void)b.inlet<int>("numbers", 0), error,
                        [](const error& failed) { return failed.code() == "bad_value"; });
}

BOOST_AUTO_TEST_SUITE_END()
