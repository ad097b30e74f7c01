#include "model/edge/edge_core.hpp"
#include "tests/support/node_bench.hpp"
#include "tests/support/recording_edge_links.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

BOOST_AUTO_TEST_SUITE(ticks)

BOOST_AUTO_TEST_CASE(come_once_and_never_early) {
  node_bench bench(node_shape::sink());
  bench.script->on_start = [](node_context& context) { context.request_tick(10ms); };
  bench.start();
  bench.advance(9'999'999ns);
  BOOST_TEST(bench.calls("tick") == 0U);
  bench.advance(1ns);
  BOOST_TEST(bench.calls("tick") == 1U);
  bench.advance(1h);
  BOOST_TEST(bench.calls("tick") == 1U);
}

BOOST_AUTO_TEST_CASE(wait_while_the_flow_is_paused) {
  node_bench bench(node_shape::sink());
  bench.script->on_start = [](node_context& context) { context.request_tick(10ms); };
  bench.start();
  bench.core->set_flow_paused(true);
  bench.advance(1s);
  BOOST_TEST(bench.calls("tick") == 0U);
  bench.core->set_flow_paused(false);
  bench.run();
  BOOST_TEST(bench.calls("tick") == 1U);
}

BOOST_AUTO_TEST_CASE(that_take_long_are_counted_as_stalls) {
  node_bench bench(node_shape::sink());
  bench.script->on_start = [](node_context& context) { context.request_tick(10ms); };
  bench.script->on_tick = [&bench](node_context&) { bench.links.clock += 101ms; };
  bench.start();
  bench.advance(10ms);
  BOOST_TEST(bench.counters().stalls == 1U);
}

BOOST_AUTO_TEST_CASE(are_replaced_by_a_newer_request) {
  node_bench bench(node_shape::sink());
  bench.script->on_message = [](node_context& context, std::size_t, message& in) {
    context.request_tick(std::chrono::milliseconds{in.get<std::uint64_t>()});
  };
  bench.start();
  bench.feed(0, {10, 50});
  bench.advance(49ms);
  BOOST_TEST(bench.calls("tick") == 0U);
  bench.advance(1ms);
  BOOST_TEST(bench.calls("tick") == 1U);
}

BOOST_AUTO_TEST_CASE(measure_how_late_they_are) {
  node_bench bench(node_shape::sink());
  bench.script->on_start = [](node_context& context) { context.request_tick(10ms); };
  bench.start();
  bench.links.clock += 17ms; // nobody fires timers meanwhile
  bench.advance(0ms);
  BOOST_TEST(bench.counters().ticks == 1U);
  BOOST_TEST(bench.counters().tick_lateness_ns == 7'000'000U);
}

BOOST_AUTO_TEST_CASE(asked_for_now_come_after_the_messages_of_the_slice) {
  node_bench bench(node_shape::sink());
  bench.script->on_message = [](node_context& context, std::size_t, message&) { context.request_tick(0ms); };
  bench.start();
  bench.feed(0, {1, 2, 3});
  BOOST_TEST(bench.script->calls ==
                 (std::vector<std::string>{"start", "message 1", "message 2", "message 3", "tick"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(asked_for_now_by_a_tick_come_too) {
  node_bench bench(node_shape::sink());
  bench.script->on_start = [](node_context& context) { context.request_tick(0ms); };
  bench.script->on_tick = [&](node_context& context) {
    if (bench.calls("tick") < 5)
      context.request_tick(0ms);
  };
  bench.start();
  BOOST_TEST(bench.calls("tick") == 5U);
}

BOOST_AUTO_TEST_CASE(that_ask_for_the_next_one_are_not_made_up_for_in_a_burst) {
  node_bench bench(node_shape::sink());
  bench.script->on_start = bench.script->on_tick = [](node_context& context) { context.request_tick(10ms); };
  bench.start();
  bench.links.clock += 100ms; // the node was busy for ten periods
  bench.advance(0ms);
  BOOST_TEST(bench.calls("tick") == 1U);
  bench.advance(10ms);
  BOOST_TEST(bench.calls("tick") == 2U);
}

BOOST_AUTO_TEST_CASE(wake_a_source_that_waits) {
  node_bench bench(node_shape::source());
  bench.script->produce = [&](node_context& context, std::size_t) {
    context.emit(0, static_cast<std::uint64_t>(bench.calls("produce")));
    context.request_tick(1s);
    return produce_result::wait;
  };
  bench.start();
  BOOST_TEST(bench.sent() == (list{1}), boost::test_tools::per_element());
  bench.advance(2500ms);
  BOOST_TEST(bench.sent() == (list{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_source)

BOOST_AUTO_TEST_CASE(is_never_asked_for_more_than_there_is_room_for) {
  node_shape shape = node_shape::source();
  shape.outputs = {0, 0};
  node_bench bench(shape);
  std::vector<std::size_t> rooms;
  bench.script->produce = [&](node_context& context, std::size_t room) {
    rooms.push_back(room);
    for (std::size_t i = 0; i < room; ++i)
      context.emit(0, std::uint64_t{1});
    return produce_result::more;
  };
  bench.start(0);
  BOOST_TEST(rooms.empty());
  bench.give_credit_to(0, 10);
  BOOST_TEST(rooms.empty());
  bench.give_credit_to(1, 3);
  bench.give_credit_to(1, 1000);
  BOOST_TEST(rooms == (std::vector<std::size_t>{3, 7}), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().outbox == 0U);
}

BOOST_AUTO_TEST_CASE(is_asked_for_at_most_a_batch_at_a_time) {
  node_bench bench(node_shape::source());
  std::vector<std::size_t> rooms;
  bench.script->produce = [&](node_context&, std::size_t room) {
    rooms.push_back(room);
    return rooms.size() < 3 ? produce_result::more : produce_result::done;
  };
  bench.start(100'000);
  BOOST_TEST(rooms == std::vector<std::size_t>(3, defaults::batch_messages),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ends_when_it_has_no_more) {
  node_bench bench(node_shape::source());
  bench.script->produce = [](node_context& context, std::size_t) {
    context.emit(0, std::uint64_t{1});
    return produce_result::done;
  };
  bench.start();
  BOOST_TEST(bench.script->calls == (std::vector<std::string>{"start", "produce", "end", "stop"}),
             boost::test_tools::per_element());
  BOOST_TEST(bench.links.story == (std::vector<std::string>{"batch 0", "marker 0", "ended"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_asked_no_more_after_a_stop_and_ends) {
  node_bench bench(node_shape::source());
  bench.script->produce = [](node_context& context, std::size_t) {
    context.request_tick(1h);
    return produce_result::wait;
  };
  bool stopping = false;
  bench.script->on_end = [&](node_context& context) {
    stopping = context.stopping();
    context.emit(0, std::uint64_t{7});
  };
  bench.start();
  bench.core->stop();
  bench.run();
  BOOST_TEST(stopping);
  BOOST_TEST(bench.sent() == (list{7}), boost::test_tools::per_element());
  BOOST_TEST(bench.told("ended") == 1U);
  BOOST_TEST(bench.calls("produce") == 1U);
}

BOOST_AUTO_TEST_CASE(gives_its_messages_a_trace_of_its_own_counted_from_one) {
  node_bench bench(node_shape::source());
  bench.script->produce = [](node_context& context, std::size_t) {
    context.emit(0, std::uint64_t{1});
    context.emit(0, std::uint64_t{2});
    return produce_result::done;
  };
  bench.start();
  BOOST_REQUIRE(bench.links.sent[0].size() == 2U);
  BOOST_TEST((bench.links.sent[0][0].trace() == trace_id{77, 1}));
  BOOST_TEST((bench.links.sent[0][1].trace() == trace_id{77, 2}));
}

BOOST_AUTO_TEST_SUITE_END()
