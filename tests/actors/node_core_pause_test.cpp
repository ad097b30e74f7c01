#include "tests/support/node_bench.hpp"

#include <map>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

BOOST_AUTO_TEST_SUITE(a_node_that_pauses_or_defers)

BOOST_AUTO_TEST_CASE(does_nothing_while_its_flow_is_paused) {
  node_bench bench(node_shape::sink());
  bench.start();
  bench.core->set_flow_paused(true);
  bench.feed(0, {1, 2});
  BOOST_TEST(bench.script->seen.empty());
  bench.core->set_flow_paused(false);
  bench.run();
  BOOST_TEST(bench.script->seen.size() == 2U);
}

BOOST_AUTO_TEST_CASE(gets_no_message_of_a_port_that_it_paused_until_it_resumes_it) {
  auto shape = node_shape::sink();
  shape.input_ports = 2;
  shape.inputs = {{{}, 0}, {{}, 1}};
  node_bench bench(shape);
  bench.script->on_message = [](node_context& context, std::size_t port, message& in) {
    if (in.get<std::uint64_t>() == 1)
      context.pause(port);
    if (in.get<std::uint64_t>() == 10)
      context.resume(0);
  };
  bench.start();
  bench.feed(0, {1, 2, 3});
  BOOST_TEST(bench.script->seen == (list{1}), boost::test_tools::per_element());
  BOOST_TEST(bench.delivered(0) == 1U);
  bench.feed(1, {10});
  BOOST_TEST(bench.script->seen == (list{1, 10, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_shown_a_deferred_message_again_and_counts_it_once) {
  node_bench bench(node_shape::sink());
  int refusals = 2;
  bench.script->on_message = [&](node_context& context, std::size_t, message&) {
    if (refusals-- > 0)
      context.defer(10ms);
  };
  bench.start();
  bench.feed(0, {1, 2});
  BOOST_TEST(bench.script->seen == (list{1}), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().held == 1U);
  BOOST_TEST(bench.delivered() == 1U);
  bench.advance(9999us);
  BOOST_TEST(bench.script->seen.size() == 1U); // not before its time
  bench.advance(1us);
  BOOST_TEST(bench.script->seen == (list{1, 1}), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().held == 1U);
  bench.advance(10ms);
  BOOST_TEST(bench.script->seen == (list{1, 1, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().held == 0U);
  BOOST_TEST(bench.counters().in == 2U);
  BOOST_TEST(bench.delivered() == 2U);
}

BOOST_AUTO_TEST_CASE(is_shown_what_each_port_deferred_at_its_own_time) {
  node_shape shape = node_shape::sink();
  shape.input_ports = 2;
  shape.inputs = {{{}, 0}, {{}, 1}};
  node_bench bench(shape);
  std::vector<std::uint64_t> taken;
  std::map<std::uint64_t, bool> seen;
  bench.script->on_message = [&](node_context& context, std::size_t port, message& in) {
    const auto number = in.get<std::uint64_t>();
    if (!std::exchange(seen[number], true))
      context.defer(port == 0 ? 10ms : 30ms);
    else
      taken.push_back(number);
  };
  bench.start();
  bench.feed(0, {1});
  bench.feed(1, {2});
  bench.advance(10ms);
  BOOST_TEST(taken == (list{1}), boost::test_tools::per_element());
  bench.advance(19ms);
  BOOST_TEST(taken.size() == 1U);
  bench.advance(1ms);
  BOOST_TEST(taken == (list{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_shown_a_message_deferred_for_good_when_it_resumes_the_port) {
  node_bench bench(node_shape::sink());
  bool ready = false;
  bench.script->on_message = [&](node_context& context, std::size_t, message&) {
    if (!ready)
      context.defer();
  };
  bench.script->on_tick = [&](node_context& context) {
    ready = true;
    context.resume(0);
  };
  bench.script->on_start = [](node_context& context) { context.request_tick(1h); };
  bench.start();
  bench.feed(0, {1, 2});
  bench.advance(59min);
  BOOST_TEST(bench.script->seen == (list{1}), boost::test_tools::per_element());
  bench.advance(1min);
  BOOST_TEST(bench.script->seen == (list{1, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
