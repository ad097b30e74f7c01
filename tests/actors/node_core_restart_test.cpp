#include "tests/support/node_bench.hpp"

#include <stdexcept>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

namespace {

node_shape restarting(unsigned limit, std::chrono::nanoseconds backoff = 100ms) {
  node_shape shape;
  shape.on_error.policy = error_policy::restart;
  shape.on_error.restart_limit = limit;
  shape.on_error.restart_backoff = backoff;
  return shape;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_restart)

BOOST_AUTO_TEST_CASE(gives_a_fresh_node_after_a_pause_and_stops_the_old_one) {
  node_bench bench(restarting(5));
  bench.script->on_message = fails_at({2});
  bench.start();
  bench.feed(0, numbers(1, 4));
  BOOST_TEST(bench.script->seen == (list{1, 2}), boost::test_tools::per_element());
  bench.advance(99ms);
  BOOST_TEST(bench.script->made == 1U);
  bench.advance(1ms);
  BOOST_TEST(bench.script->made == 2U);
  BOOST_TEST(bench.script->calls == (std::vector<std::string>{"start", "message 1", "message 2", "stop",
                                                              "start", "message 3", "message 4"}),
             boost::test_tools::per_element());
  BOOST_TEST(bench.sent() == (list{1, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().restarts == 1U);
}

BOOST_AUTO_TEST_CASE(waits_twice_as_long_each_time_up_to_a_limit_and_then_fails) {
  node_bench bench(restarting(9));
  bench.script->on_message = [](node_context&, std::size_t, message&) { throw std::runtime_error("always"); };
  bench.start();
  bench.feed(0, numbers(0, 100));
  std::vector<std::chrono::nanoseconds> pauses;
  while (!bench.links.timers.empty() && pauses.size() < 100) {
    pauses.push_back(bench.links.timers[0].due - bench.links.clock);
    bench.advance(pauses.back());
  }
  const std::vector<std::chrono::nanoseconds> wanted{100ms,  200ms,  400ms, 800ms, 1600ms,
                                                     3200ms, 6400ms, 10s,   10s};
  BOOST_TEST((pauses == wanted));
  BOOST_TEST(bench.counters().restarts == 9U);
  BOOST_REQUIRE(bench.links.failures.size() == 1U);
  BOOST_TEST(bench.links.failures[0].find("9 restarts") != std::string::npos);
  BOOST_TEST(bench.script->seen.size() == 10U);
}

BOOST_AUTO_TEST_CASE(counts_a_node_that_does_not_start_again_as_one_more) {
  node_bench bench(restarting(2));
  bench.script->on_message = fails_at({1});
  bench.start();
  bench.script->on_start = [](node_context&) { throw std::runtime_error("the port is taken"); };
  bench.feed(0, {1});
  bench.advance(1h);
  BOOST_TEST(bench.counters().restarts == 2U);
  BOOST_REQUIRE(bench.links.failures.size() == 1U);
  BOOST_TEST(bench.links.failures[0].find("the port is taken") != std::string::npos);
  bench.core->abort();
  bench.core->release();
  BOOST_TEST(bench.calls("stop") == bench.script->made);
}

BOOST_AUTO_TEST_CASE(discards_what_the_old_node_held_and_forgets_its_tick) {
  node_bench bench(restarting(5));
  bench.script->on_message = [](node_context& context, std::size_t, message& in) {
    if (in.get<std::uint64_t>() == 3)
      throw std::runtime_error("three");
    context.set_held(in.get<std::uint64_t>());
    context.request_tick(150ms);
  };
  bench.start();
  bench.feed(0, {1, 2, 3});
  bench.advance(1s);
  BOOST_TEST(bench.counters().discarded == 2U);
  BOOST_TEST(bench.counters().held == 0U);
  BOOST_TEST(bench.calls("tick") == 0U);
}

BOOST_AUTO_TEST_CASE(takes_the_pauses_of_the_old_node_back) {
  node_bench bench(restarting(5));
  bench.script->on_message = [](node_context& context, std::size_t port, message& in) {
    if (in.get<std::uint64_t>() != 1)
      return;
    context.pause(port);
    throw std::runtime_error("with the port paused");
  };
  bench.start();
  bench.feed(0, {1, 2, 3});
  bench.advance(1s);
  BOOST_TEST(bench.script->seen == (list{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(shows_the_fresh_node_what_the_old_one_had_deferred_and_counts_it_once) {
  auto shape = restarting(5);
  shape.inputs.resize(2);
  shape.inputs[1].port = 1;
  shape.input_ports = 2;
  node_bench bench(shape);
  bench.script->on_message = [&](node_context& context, std::size_t, message& in) {
    if (in.get<std::uint64_t>() == 1 && bench.script->made == 1)
      context.defer();
    if (in.get<std::uint64_t>() == 13)
      throw std::runtime_error("thirteen");
  };
  bench.start();
  bench.feed(0, {1, 2});
  bench.feed(1, {13});
  bench.advance(1s);
  BOOST_TEST(bench.script->seen == (list{1, 13, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().in == 3U);
  BOOST_TEST(bench.delivered(0) == 2U);
}

BOOST_AUTO_TEST_CASE(lets_no_control_message_get_lost) {
  node_bench bench(restarting(5));
  bench.script->on_message = fails_at({1});
  list controls;
  bench.script->on_control = [&](node_context&, std::size_t, const message& control) {
    controls.push_back(control.get<std::uint64_t>());
    return true;
  };
  bench.start();
  bench.feed(0, {1});
  bench.control(100);
  BOOST_TEST(controls.empty()); // there is no node to handle it
  BOOST_TEST(bench.links.control_credit[0] == 0U);
  bench.advance(100ms);
  BOOST_TEST(controls == (list{100}), boost::test_tools::per_element());
  BOOST_TEST(bench.links.control_credit[0] == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_hold_the_end_of_a_stream_for_good) {
  node_bench bench(restarting(5));
  bench.script->on_message = fails_at({2});
  bench.start();
  bench.feed(0, {1, 2});
  bench.end(0);
  BOOST_TEST(bench.told("ended") == 0U);
  bench.advance(100ms);
  BOOST_TEST(bench.told("ended") == 1U);
  BOOST_TEST(bench.calls("end") == 1U);
}

BOOST_AUTO_TEST_CASE(is_counted_anew_after_a_minute_without_failure) {
  node_bench bench(restarting(2));
  bench.script->on_message = fails_at({1, 2, 3, 4, 5});
  bench.start();
  bench.feed(0, {1});
  bench.advance(200ms);
  bench.feed(0, {2});
  bench.advance(200ms);
  bench.advance(1min);
  bench.feed(0, {3});
  BOOST_TEST(bench.links.failures.empty());
  bench.advance(100ms); // the first pause again
  BOOST_TEST(bench.script->made == 4U);
  bench.feed(0, {4});
  bench.advance(200ms);
  bench.feed(0, {5});
  BOOST_TEST(bench.links.failures.size() == 1U);
}

BOOST_AUTO_TEST_CASE(of_a_source_that_failed_and_was_done_in_one_call_begins_again) {
  auto shape = node_shape::source();
  shape.on_error = restarting(1).on_error;
  node_bench bench(shape);
  std::size_t runs = 0;
  bench.script->produce = [&](node_context& context, std::size_t) {
    if (++runs == 1)
      context.fail(message{}, "command_failed", "exit 3");
    return produce_result::done;
  };
  bench.start();
  BOOST_TEST(bench.told("ended") == 0U);
  bench.advance(100ms);
  BOOST_TEST(runs == 2U);
  BOOST_TEST(bench.told("ended") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
