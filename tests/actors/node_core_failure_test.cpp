#include "model/message/error_record.hpp"
#include "model/message/text.hpp"
#include "tests/support/node_bench.hpp"

#include <stdexcept>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

namespace {

/// One input, one output, and the error port wired: output edge 1.
node_shape with_error_edge(error_policy policy = error_policy::proceed) {
  node_shape shape;
  shape.outputs = {0, 1};
  shape.on_error.policy = policy;
  return shape;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_failing_handler)

BOOST_AUTO_TEST_CASE(of_a_source_pauses_it_longer_each_time_until_it_succeeds) {
  node_bench bench(node_shape::source());
  std::size_t calls = 0;
  bench.script->produce = [&](node_context&, std::size_t) -> produce_result {
    if (++calls % 5 != 0)
      throw std::runtime_error("the door is shut");
    return calls == 10 ? produce_result::done : produce_result::more;
  };
  bench.start();
  BOOST_TEST(calls == 1U);
  bench.advance(1ms);
  BOOST_TEST(calls == 2U);
  bench.advance(1ms);
  BOOST_TEST(calls == 2U);
  bench.advance(1ms + 4ms + 8ms);
  BOOST_TEST(calls == 6U); // the fifth succeeds, the sixth fails
  bench.advance(1ms + 2ms + 4ms + 8ms);
  BOOST_TEST(calls == 10U);
  BOOST_TEST(bench.counters().errors == 8U);
}

BOOST_AUTO_TEST_CASE(of_a_source_that_gets_on_does_not_pause_it) {
  node_bench bench(node_shape::source());
  std::uint64_t calls = 0;
  bench.script->produce = [&](node_context& context, std::size_t) -> produce_result {
    if (++calls == 100)
      return produce_result::done;
    context.emit(0, calls);
    throw std::runtime_error("the door is stiff");
  };
  bench.start();
  BOOST_TEST(calls == 100U);
}

BOOST_AUTO_TEST_CASE(costs_one_message_when_the_node_goes_on) {
  node_bench bench;
  bench.script->on_message = fails_at({3});
  bench.start();
  bench.feed(0, numbers(1, 5));
  BOOST_TEST(bench.sent() == (list{1, 2, 4, 5}), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().errors == 1U);
  BOOST_TEST(bench.counters().in == 5U);
  BOOST_TEST(bench.script->made == 1U);
  BOOST_TEST(bench.links.failures.empty());
}

BOOST_AUTO_TEST_CASE(is_logged_with_node_reason_and_trace) {
  node_bench bench;
  bench.script->on_message = fails_at({3});
  bench.start();
  auto batch = batch_of({3});
  batch->messages[0].set_trace({10, 11});
  bench.feed(0, batch);
  BOOST_REQUIRE(bench.links.logged.size() == 1U);
  const auto& line = bench.links.logged[0];
  BOOST_TEST((line.level == log_level::error));
  BOOST_TEST(line.event == "message_failed");
  BOOST_TEST(line.text.find("'tested'") != std::string::npos);
  BOOST_TEST(line.text.find("number 3") != std::string::npos);
  BOOST_TEST(line.text.find(to_string(trace_id{10, 11})) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(does_not_flood_the_log_but_is_always_counted) {
  node_bench bench;
  bench.script->on_message = [](node_context&, std::size_t, message&) { throw std::runtime_error("always"); };
  bench.start();
  bench.feed(0, numbers(0, 1000));
  BOOST_TEST(bench.counters().errors == 1000U);
  BOOST_TEST(bench.links.logged.size() == 10U);
  bench.links.clock += 1s;
  bench.feed(0, {1});
  BOOST_REQUIRE(bench.links.logged.size() == 11U);
  BOOST_TEST(bench.links.logged[10].text.find("990 more") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(may_throw_anything) {
  node_bench bench(with_error_edge());
  bench.script->on_message = [](node_context&, std::size_t, message& in) {
    if (in.get<std::uint64_t>() == 1)
      throw 42;
    throw error("bad_number", "no good");
  };
  bench.start();
  bench.feed(0, {1, 2});
  BOOST_REQUIRE(bench.links.sent[1].size() == 2U);
  BOOST_TEST(bench.links.sent[1][0].get<error_record>().code == "handler_error");
  BOOST_TEST(bench.links.sent[1][1].get<error_record>().code == "bad_number");
}

BOOST_AUTO_TEST_CASE(sends_the_original_by_the_error_port_even_when_the_handler_had_consumed_it) {
  node_bench bench(with_error_edge(error_policy::emit_error));
  bench.plan.ports.inputs[0].type = port_type::any();
  bench.script->on_message = [](node_context&, std::size_t, message& in) {
    (void)in.take<text>();
    throw error("bad_text", "it does not parse");
  };
  bench.start();
  auto batch = std::make_shared<message_batch>();
  batch->messages.emplace_back(text("a line longer than what fits into a message"));
  batch->messages[0].set_trace({1, 2});
  bench.feed(0, batch);
  BOOST_REQUIRE(bench.links.sent[1].size() == 1U);
  const auto& report = bench.links.sent[1][0];
  BOOST_TEST((report.kind() == message_kind::error));
  BOOST_TEST((report.trace() == trace_id{1, 2}));
  const auto& record = report.get<error_record>();
  BOOST_TEST(record.code == "bad_text");
  BOOST_TEST(record.text == "it does not parse");
  BOOST_TEST(record.node == "tested");
  BOOST_TEST(record.original.get<text>().view() == "a line longer than what fits into a message");
}

BOOST_AUTO_TEST_CASE(is_reported_without_a_throw_too) {
  node_bench bench(with_error_edge());
  bench.script->on_message = [](node_context& context, std::size_t, message& in) {
    context.fail(std::move(in), "bad_number", "no good");
  };
  bench.start();
  bench.feed(0, {1});
  BOOST_TEST(bench.counters().errors == 1U);
  BOOST_REQUIRE(bench.links.sent[1].size() == 1U);
  BOOST_TEST(bench.links.sent[1][0].get<error_record>().original.get<std::uint64_t>() == 1U);
}

BOOST_AUTO_TEST_CASE(stops_the_flow_with_the_policy_fail) {
  node_shape shape;
  shape.on_error.policy = error_policy::fail;
  node_bench bench(shape);
  bench.script->on_message = fails_at({2});
  bench.start();
  bench.feed(0, numbers(1, 5));
  BOOST_TEST(bench.script->seen == (list{1, 2}), boost::test_tools::per_element());
  BOOST_REQUIRE(bench.links.failures.size() == 1U);
  BOOST_TEST(bench.links.failures[0].find("'tested'") != std::string::npos);
  BOOST_TEST(bench.links.failures[0].find("number 2") != std::string::npos);
  BOOST_TEST(bench.told("ended") == 0U);
}

BOOST_AUTO_TEST_CASE(says_that_the_outside_was_closed_and_is_no_error_then) {
  node_bench bench(node_shape::sink());
  bench.script->on_message = [](node_context&, std::size_t, message&) {
    throw error("closed_pipe", "nobody reads");
  };
  bench.start();
  bench.feed(0, {1, 2});
  BOOST_TEST(bench.told("closed") == 1U);
  BOOST_TEST(bench.counters().errors == 0U);
  BOOST_TEST(bench.links.logged.empty());
  BOOST_TEST(bench.script->seen.size() == 1U);
  // What still comes is taken and counted, so that other branches can end.
  BOOST_TEST(bench.counters().in == 2U);
  BOOST_TEST(bench.counters().discarded == 1U);
}

BOOST_AUTO_TEST_CASE(in_a_tick_in_the_end_and_in_a_source_is_counted_too) {
  node_bench ticking(node_shape::sink());
  ticking.script->on_start = [](node_context& context) { context.request_tick(1ms); };
  ticking.script->on_tick = ticking.script->on_end = [](node_context&) { throw std::runtime_error("no"); };
  ticking.start();
  ticking.advance(1ms);
  BOOST_TEST(ticking.counters().errors == 1U);
  ticking.end(0);
  BOOST_TEST(ticking.counters().errors == 2U);
  BOOST_TEST(ticking.told("ended") == 1U);

  node_bench producing(node_shape::source());
  producing.script->produce = [&](node_context&, std::size_t) {
    if (producing.calls("produce") == 1)
      throw std::runtime_error("no");
    return produce_result::done;
  };
  producing.start();
  BOOST_TEST(producing.counters().errors == 1U);
  producing.advance(1ms);
  BOOST_TEST(producing.told("ended") == 1U);
}

BOOST_AUTO_TEST_CASE(in_the_stop_is_logged_and_stops_nothing) {
  node_bench bench(node_shape::sink());
  bench.script->on_stop = [](node_context&) { throw std::runtime_error("the disk is gone"); };
  bench.start();
  bench.end(0);
  BOOST_TEST(bench.told("ended") == 1U);
  BOOST_REQUIRE(bench.links.logged.size() == 1U);
  BOOST_TEST(bench.links.logged[0].event == "stop_failed");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_error_message)

BOOST_AUTO_TEST_CASE(passes_by_a_node_whose_port_is_typed) {
  node_bench bench;
  bench.start();
  auto batch = batch_of({1});
  batch->messages.emplace_back(error_record{"bad", "x", "upstream", {}}, message_kind::error);
  bench.feed(0, batch);
  BOOST_TEST(bench.script->seen == (list{1}), boost::test_tools::per_element());
  BOOST_REQUIRE(bench.links.sent[0].size() == 1U);
  BOOST_TEST((bench.links.sent[0][0].kind() == message_kind::error));
  BOOST_TEST(bench.counters().in == 2U);
  BOOST_TEST(bench.counters().errors == 0U);
}

BOOST_AUTO_TEST_CASE(is_handled_by_a_node_that_takes_anything) {
  auto shape = node_shape::sink();
  shape.any_input = true;
  node_bench bench(shape);
  bench.start();
  auto batch = std::make_shared<message_batch>();
  batch->messages.emplace_back(error_record{"bad", "x", "upstream", {}}, message_kind::error);
  bench.feed(0, batch);
  BOOST_TEST(bench.calls("error") == 1U);
}

BOOST_AUTO_TEST_CASE(leaves_a_typed_sink_by_its_error_port_or_is_counted) {
  for (const bool wired : {true, false}) {
    auto shape = node_shape::sink();
    if (wired)
      shape.outputs = {0}; // of a sink, the only output is `error`
    node_bench bench(shape);
    bench.start();
    auto batch = std::make_shared<message_batch>();
    batch->messages.emplace_back(error_record{"bad", "x", "upstream", {}}, message_kind::error);
    bench.feed(0, batch);
    BOOST_TEST(bench.links.sent[0].size() == (wired ? 1U : 0U));
    BOOST_TEST(bench.counters().unrouted == (wired ? 0U : 1U));
  }
}

BOOST_AUTO_TEST_CASE(comes_back_for_a_merge_that_was_refused) {
  node_bench bench(with_error_edge());
  bench.start();
  bench.core->on_refused(message(std::uint64_t{5}), "they do not fit");
  bench.run();
  BOOST_TEST(bench.counters().errors == 1U);
  BOOST_REQUIRE(bench.links.sent[1].size() == 1U);
  BOOST_TEST(bench.links.sent[1][0].get<error_record>().code == "refused_merge");
  BOOST_TEST(bench.links.sent[1][0].get<error_record>().original.get<std::uint64_t>() == 5U);
}

BOOST_AUTO_TEST_CASE(is_only_a_line_in_the_log_for_a_payload_that_does_not_fit_an_edge) {
  node_bench bench(with_error_edge());
  bench.start();
  bench.core->on_refused(message(text("odd")), {});
  bench.run();
  BOOST_TEST(bench.links.sent[1].empty());
  BOOST_REQUIRE(bench.links.logged.size() == 1U);
  BOOST_TEST(bench.links.logged[0].event == "message_refused");
}

BOOST_AUTO_TEST_SUITE_END()
