#include "runtime/embed/host_actors.hpp"
#include "tests/embed/embed_scene.hpp"
#include "tests/support/host_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>
#include <optional>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// The numbers from 0 to `count - 1`.
auto numbers_below(int count) {
  return [next = 0, count]() mutable { return next < count ? std::optional<int>(next++) : std::nullopt; };
}

std::vector<int> list_below(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

error_settings by_policy(error_policy policy) {
  error_settings settings;
  settings.policy = policy;
  return settings;
}

/// Answers when its test says so.
struct slow_answers {
  std::mutex mutex;
  std::vector<caf::response_promise> open;
  std::vector<int> came;
  std::size_t most_open = 0;

  auto handler(host_actor& self) {
    return [this, &self](int number) {
      auto promise = self.make_response_promise();
      const std::lock_guard lock(mutex);
      open.push_back(promise);
      came.push_back(number);
      most_open = std::max(most_open, open.size());
      return promise;
    };
  }
  /// Answers the oldest message.
  template <class Answer>
  void answer(Answer with) {
    const std::lock_guard lock(mutex);
    if (open.empty())
      return;
    open.front().deliver(std::move(with));
    open.erase(open.begin());
  }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return came.size();
  }
};

/// Tells a `slow_answers` to answer one message.
struct answer_one {};
/// The same, by an error.
struct refuse_one {};

/// A plain actor of CAF's. With an argument: CAF binds a reference to nothing when there is none.
caf::behavior collect(caf::event_based_actor*, const std::shared_ptr<gathering<int>>& to) {
  return {[to](int number) { to->put(number); }};
}

/// A host, its actor, and a flow of an own runtime that sends numbers to it.
struct sink_scene : embed_scene {
  host_scene host;
  std::shared_ptr<gathering<int>> seen = std::make_shared<gathering<int>>();

  caf::actor spawn(host_actor::behavior_maker make) {
    return host.system().spawn<host_actor>(std::move(make));
  }
  caf::actor collector() {
    return spawn(
        [to = seen](host_actor&) -> caf::behavior { return {[to](int number) { to->put(number); }}; });
  }
};

/// Ends with an error, or by itself, when it gets the number 3.
caf::behavior mortal(host_actor& self, const std::shared_ptr<gathering<int>>& seen, caf::error reason) {
  return {[&self, seen, reason](int number) {
    seen->put(number);
    if (number == 3)
      self.quit(reason);
  }};
}

flow_summary run_mortal(sink_scene& scene, const caf::error& reason, error_policy policy) {
  const auto numbers = scene.b.generate("numbers", numbers_below(1000));
  const auto to = scene.spawn([&](host_actor& self) { return mortal(self, scene.seen, reason); });
  actor_sink(scene.b, numbers, "out", to, 2);
  scene.b.on_error(by_policy(policy));
  return scene.fixture.finish(scene.start());
}

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(answer_one)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(refuse_one)

BOOST_AUTO_TEST_SUITE(actors_as_sinks)

BOOST_AUTO_TEST_CASE(one_gets_everything_in_order_and_the_flow_waits_for_its_last_answer) {
  sink_scene scene;
  actor_sink(scene.b, scene.b.generate("numbers", numbers_below(5000)), "out", scene.collector());
  const auto summary = scene.fixture.finish(scene.start());
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(summary.discarded == 0U);
  BOOST_TEST(counters_of(summary.final, "out").errors == 0U);
  BOOST_TEST(scene.seen->values() == list_below(5000), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_may_live_in_the_system_that_runs_the_flow) {
  host_scene host;
  flow_runtime runtime(host.system(), {});
  const auto seen = std::make_shared<gathering<int>>();
  const auto to = host.system().spawn(collect, seen);
  flow_builder b;
  actor_sink(b, b.generate("numbers", numbers_below(1000)), "out", to, 3);
  const auto summary = b.start(runtime).wait_for(patience);
  BOOST_REQUIRE(summary.has_value());
  BOOST_TEST(seen->values() == list_below(1000), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_never_has_more_unanswered_messages_than_its_credit) {
  sink_scene scene;
  const auto slow = std::make_shared<slow_answers>();
  const auto to = scene.spawn([slow](host_actor& self) -> caf::behavior {
    return {slow->handler(self), [slow](answer_one) { slow->answer(caf::unit); }};
  });
  actor_sink(scene.b, scene.b.generate("numbers", numbers_below(10)), "out", to, 3);
  const auto running = scene.start();
  // It has all its credit allows, and the next message waits at the node.
  scene.fixture.await([&] { return slow->count() == 3 && counters_of(running.snapshot(), "out").held == 1; },
                      running);
  scene.fixture.await(
      [&] {
        caf::anon_send(to, answer_one{});
        return running.status() == flow_status::finished;
      },
      running);
  scene.fixture.finish(running);
  BOOST_TEST(slow->came == list_below(10), boost::test_tools::per_element());
  BOOST_TEST(slow->most_open == 3U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_an_error_is_one_of_the_node) {
  sink_scene scene;
  const auto picky = scene.spawn([](host_actor&) -> caf::behavior {
    return {[](int number) -> caf::result<void> {
      if (number % 2 == 1)
        return caf::make_error(caf::sec::invalid_argument);
      return caf::unit;
    }};
  });
  actor_sink(scene.b, scene.b.generate("numbers", numbers_below(10)), "out", picky);
  const auto summary = scene.fixture.finish(scene.start());
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(counters_of(summary.final, "out").errors == 5U);
}

BOOST_AUTO_TEST_CASE(an_actor_that_does_not_know_the_payload_fails_a_flow_that_is_told_to) {
  sink_scene scene;
  const auto deaf = scene.spawn([](host_actor&) -> caf::behavior { return {[](const std::string&) {}}; });
  actor_sink(scene.b, scene.b.generate("numbers", numbers_below(10)), "out", deaf);
  scene.b.on_error(by_policy(error_policy::fail));
  const auto summary = scene.fixture.finish(scene.start());
  BOOST_TEST((summary.outcome == flow_status::failed));
  BOOST_TEST(summary.reason.find("actor_refused") != std::string::npos, summary.reason);
}

BOOST_AUTO_TEST_CASE(an_error_that_the_actor_hands_on_from_an_actor_of_its_own_is_one_of_the_node) {
  sink_scene scene;
  const auto relay = scene.spawn([](host_actor&) -> caf::behavior {
    return {[](int) -> caf::result<void> { return caf::make_error(caf::sec::request_receiver_down); }};
  });
  actor_sink(scene.b, scene.b.generate("numbers", numbers_below(10)), "out", relay);
  const auto summary = scene.fixture.finish(scene.start());
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(counters_of(summary.final, "out").errors == 10U);
}

BOOST_AUTO_TEST_CASE(an_answer_with_a_value_is_an_answer) {
  sink_scene scene;
  const auto chatty =
      scene.spawn([](host_actor&) -> caf::behavior { return {[](int number) { return number; }}; });
  actor_sink(scene.b, scene.b.generate("numbers", numbers_below(100)), "out", chatty, 2);
  BOOST_TEST(counters_of(scene.fixture.finish(scene.start()).final, "out").errors == 0U);
}

BOOST_AUTO_TEST_CASE(when_its_actor_has_done_the_flow_finishes_as_if_a_reader_had_closed_its_pipe) {
  sink_scene scene;
  const auto summary = run_mortal(scene, caf::none, error_policy::fail);
  BOOST_TEST((summary.outcome == flow_status::finished), summary.reason);
  BOOST_TEST(scene.seen->size() == 4U);
  // Each message is in one counter, and in no other. What was in the actor's mailbox when it went was
  // answered by an error, which is that of its end and none of the node.
  BOOST_TEST(counters_of(summary.final, "out").errors == 0U);
  BOOST_TEST(summary.discarded + 4 == counters_of(summary.final, "numbers").out);
}

BOOST_AUTO_TEST_CASE(when_its_actor_fails_the_node_has_an_error) {
  sink_scene scene;
  const auto summary = run_mortal(scene, caf::exit_reason::unhandled_exception, error_policy::proceed);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(counters_of(summary.final, "out").errors >= 1U);
}

BOOST_AUTO_TEST_CASE(when_its_actor_fails_a_flow_that_is_told_to_fails_with_it) {
  sink_scene scene;
  const auto summary = run_mortal(scene, caf::exit_reason::unhandled_exception, error_policy::fail);
  BOOST_TEST((summary.outcome == flow_status::failed));
  BOOST_TEST(summary.reason.find("actor") != std::string::npos, summary.reason);
}

BOOST_AUTO_TEST_CASE(an_actor_that_is_gone_already_ends_the_flow) {
  sink_scene scene;
  const auto to = scene.collector();
  caf::anon_send_exit(to, caf::exit_reason::kill);
  const auto numbers = scene.b.inlet<int>("numbers");
  actor_sink(scene.b, numbers, "out", to);
  const auto summary = scene.fixture.finish(scene.start());
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(summary.reason == "the output was closed");
  BOOST_TEST(counters_of(summary.final, "out").errors == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_not_answered_by_the_drain_deadline_is_discarded) {
  sink_scene scene;
  const auto slow = std::make_shared<slow_answers>();
  const auto to = scene.spawn([slow](host_actor& self) -> caf::behavior { return {slow->handler(self)}; });
  const auto numbers = scene.b.inlet<int>("numbers");
  actor_sink(scene.b, numbers, "out", to, 4);
  const auto running = scene.start();
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(numbers.try_push(i));
  scene.fixture.await([&] { return slow->count() == 3; }, running);
  running.stop(std::chrono::milliseconds{1});
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST(summary.deadline_exceeded);
  BOOST_TEST(summary.discarded == 3U);
  slow->open.clear();
}

BOOST_AUTO_TEST_CASE(a_restart_while_the_flow_drains_waits_for_the_other_answers) {
  sink_scene scene;
  const auto slow = std::make_shared<slow_answers>();
  const auto to = scene.spawn([slow](host_actor& self) -> caf::behavior {
    return {slow->handler(self), [slow](answer_one) { slow->answer(caf::unit); },
            [slow](refuse_one) { slow->answer(caf::make_error(caf::sec::invalid_argument)); }};
  });
  const auto numbers = scene.b.inlet<int>("numbers");
  actor_sink(scene.b, numbers, "out", to, 4);
  auto settings = by_policy(error_policy::restart);
  settings.restart_backoff = std::chrono::milliseconds{1};
  scene.b.on_error(settings);
  const auto running = scene.start();
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(numbers.try_push(i));
  scene.fixture.await([&] { return slow->count() == 3; }, running);
  running.stop();
  scene.fixture.await([&] { return running.status() == flow_status::draining; }, running);
  caf::anon_send(to, refuse_one{});
  scene.fixture.await(
      [&] {
        return counters_of(running.snapshot(), "out").restarts == 1 ||
               running.status() == flow_status::failed;
      },
      running);
  caf::anon_send(to, answer_one{});
  caf::anon_send(to, answer_one{});
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST((summary.outcome == flow_status::finished), summary.reason);
  BOOST_TEST(counters_of(summary.final, "out").errors == 1U);
  BOOST_TEST(summary.discarded == 0U);
}

BOOST_AUTO_TEST_CASE(batches_hold_everything_in_order_and_never_more_than_was_asked_for) {
  sink_scene scene;
  const auto seen = std::make_shared<gathering<std::vector<int>>>();
  const auto to = scene.spawn([seen](host_actor&) -> caf::behavior {
    return {[seen](const std::vector<int>& some) { seen->put(some); }};
  });
  actor_batch_sink(scene.b, scene.b.generate("numbers", numbers_below(5000)), "out", to, 64, 16);
  const auto summary = scene.fixture.finish(scene.start());
  std::vector<int> all;
  for (const auto& each : seen->values()) {
    BOOST_TEST(each.size() <= 16U);
    all.insert(all.end(), each.begin(), each.end());
  }
  BOOST_TEST(all == list_below(5000), boost::test_tools::per_element());
  BOOST_TEST(summary.discarded == 0U);
}

BOOST_AUTO_TEST_CASE(a_handle_without_an_actor_and_no_credit_are_refused) {
  sink_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  const auto bad_value = [](const error& failed) { return failed.code() == "bad_value"; };
  BOOST_CHECK_EXCEPTION(actor_sink(scene.b, numbers, "out", caf::actor()), error, bad_value);
  BOOST_CHECK_EXCEPTION(actor_sink(scene.b, numbers, "out", scene.collector(), 0), error, bad_value);
}

BOOST_AUTO_TEST_CASE(a_graph_that_never_ran_lets_go_of_its_actor) {
  host_scene host;
  flow_builder b;
  const auto numbers = b.inlet<int>("numbers");
  actor_sink(b, numbers, "out",
             host.system().spawn<host_actor>([](host_actor&) -> caf::behavior { return {[](int) {}}; }));
  // The builder goes first; else the destruction of the host's system would wait for the actor for ever.
}

BOOST_AUTO_TEST_SUITE_END()
