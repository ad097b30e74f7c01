#include "tests/support/node_bench.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

namespace {

/// Input 0 comes from outside, input 1 is the feedback of a cycle.
node_shape in_a_cycle() {
  node_shape shape;
  shape.inputs.resize(2);
  shape.inputs[1].settings = edge_with(overflow_policy::drop, 100);
  shape.inputs[1].settings.feedback = true;
  return shape;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_end_of_a_node)

BOOST_AUTO_TEST_CASE(comes_when_every_input_has_ended_and_everything_before_was_handled) {
  auto shape = node_shape::sink();
  shape.inputs.resize(2);
  node_bench bench(shape);
  bench.start();
  bench.end(0);
  BOOST_TEST(bench.told("ended") == 0U);
  auto last = batch_of({1, 2});
  last->marker = message(end_of_stream{}, message_kind::marker);
  bench.feed(1, last);
  BOOST_TEST(bench.script->calls ==
                 (std::vector<std::string>{"start", "message 1", "message 2", "end", "stop"}),
             boost::test_tools::per_element());
  BOOST_TEST(bench.told("ended") == 1U);
}

BOOST_AUTO_TEST_CASE(lets_the_node_emit_and_stop_once_before_the_marker_leaves_on_every_edge) {
  node_shape shape;
  shape.outputs = {0, 0, 1};
  node_bench bench(shape);
  bench.script->on_end = [&](node_context& context) {
    bench.links.story.emplace_back("end");
    context.emit(0, std::uint64_t{9});
  };
  bench.script->on_stop = [&](node_context&) { bench.links.story.emplace_back("stop"); };
  bench.start();
  bench.end(0);
  BOOST_TEST(bench.links.story == (std::vector<std::string>{"end", "batch 0", "batch 1", "stop", "marker 0",
                                                            "marker 1", "marker 2", "ended"}),
             boost::test_tools::per_element());
  bench.run();
  bench.core->release();
  BOOST_TEST(bench.calls("end") == 1U);
  BOOST_TEST(bench.calls("stop") == 1U);
}

BOOST_AUTO_TEST_CASE(waits_for_an_empty_outbox) {
  node_bench bench;
  bench.script->on_end = [](node_context& context) {
    for (std::uint64_t i = 0; i < 5; ++i)
      context.emit(0, i);
  };
  bench.start(2);
  bench.end(0);
  BOOST_TEST(bench.links.markers[0] == 0U);
  BOOST_TEST(bench.calls("stop") == 0U);
  BOOST_TEST(bench.counters().outbox == 3U);
  bench.give_credit(2);
  BOOST_TEST(bench.told("ended") == 0U);
  bench.give_credit(1);
  BOOST_TEST(bench.sent() == numbers(0, 5), boost::test_tools::per_element());
  BOOST_TEST(bench.links.story.back() == "ended");
  BOOST_TEST(bench.calls("end") == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_begin_while_output_of_its_messages_waits) {
  node_bench bench;
  bench.script->on_message = [](node_context& context, std::size_t, message& in) {
    context.emit(0, message(in));
    context.emit(0, message(in));
  };
  bench.start(1);
  auto last = batch_of({1});
  last->marker = message(end_of_stream{}, message_kind::marker);
  bench.feed(0, last);
  BOOST_TEST(bench.calls("end") == 0U);
  bench.give_credit(1);
  BOOST_TEST(bench.calls("end") == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_come_while_the_flow_is_paused) {
  node_bench bench;
  bench.start();
  bench.core->set_flow_paused(true);
  bench.end(0);
  BOOST_TEST(bench.calls("end") == 0U);
  bench.core->set_flow_paused(false);
  bench.run();
  BOOST_TEST(bench.calls("end") == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_come_while_a_message_is_deferred) {
  node_bench bench(node_shape::sink());
  bool ready = false;
  bench.script->on_message = [&](node_context& context, std::size_t, message&) {
    if (!std::exchange(ready, true))
      context.defer(1s);
  };
  bench.start();
  auto last = batch_of({1});
  last->marker = message(end_of_stream{}, message_kind::marker);
  bench.feed(0, last);
  BOOST_TEST(bench.calls("end") == 0U);
  bench.advance(1s);
  BOOST_TEST(bench.calls("end") == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_come_while_a_port_with_messages_is_paused) {
  node_bench bench(node_shape::sink());
  bench.script->on_start = [](node_context& context) {
    context.pause(0);
    context.request_tick(1s);
  };
  bench.script->on_tick = [](node_context& context) { context.resume(0); };
  bench.start();
  auto last = batch_of({1});
  last->marker = message(end_of_stream{}, message_kind::marker);
  bench.feed(0, last);
  BOOST_TEST(bench.calls("end") == 0U);
  bench.advance(1s);
  BOOST_TEST(bench.script->calls == (std::vector<std::string>{"start", "tick", "message 1", "end", "stop"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(comes_behind_the_last_message_of_a_lossy_edge) {
  auto shape = node_shape::sink();
  shape.inputs[0].settings = edge_with(overflow_policy::drop, 10);
  node_bench bench(shape);
  bench.start();
  bench.feed(0, {1, 2, 3});
  bench.end(0);
  BOOST_TEST(bench.script->seen.size() == 3U);
  BOOST_TEST(bench.told("ended") == 1U);
}

BOOST_AUTO_TEST_CASE(is_not_brought_about_by_a_stop_unless_it_is_a_source) {
  node_bench bench(node_shape::sink());
  bench.start();
  bench.core->stop();
  bench.feed(0, {1});
  BOOST_TEST(bench.script->seen.size() == 1U);
  BOOST_TEST(bench.told("ended") == 0U);
  bench.end(0);
  BOOST_TEST(bench.told("ended") == 1U);
}

BOOST_AUTO_TEST_CASE(is_final) {
  node_bench bench;
  bench.pass_on();
  bench.script->on_start = [](node_context& context) { context.request_tick(1s); };
  bench.start();
  bench.end(0);
  bench.feed(0, {1});
  bench.advance(2s);
  bench.core->abort();
  bench.core->release();
  BOOST_TEST(bench.script->calls == (std::vector<std::string>{"start", "end", "stop"}),
             boost::test_tools::per_element());
  BOOST_TEST(bench.told("ended") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_node_with_a_feedback_input)

BOOST_AUTO_TEST_CASE(says_once_that_it_waits_when_everything_else_has_ended) {
  node_bench bench(in_a_cycle());
  bench.start();
  bench.feed(1, {1});
  BOOST_TEST(bench.told("waiting") == 0U);
  bench.end(0);
  BOOST_TEST(bench.told("waiting") == 1U);
  bench.feed(1, {2, 3});
  BOOST_TEST(bench.told("waiting") == 1U);
  BOOST_TEST(bench.told("ended") == 0U);
  BOOST_TEST(bench.script->seen == (list{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(does_not_say_so_while_output_waits) {
  node_bench bench(in_a_cycle());
  bench.pass_on();
  bench.script->on_message = [](node_context& context, std::size_t, message& in) {
    context.emit(0, message(in));
    context.emit(0, message(in));
  };
  bench.start(1);
  auto last = batch_of({1});
  last->marker = message(end_of_stream{}, message_kind::marker);
  bench.feed(0, last);
  BOOST_TEST(bench.told("waiting") == 0U);
  BOOST_TEST(!bench.core->quiet());
  bench.give_credit(1);
  BOOST_TEST(bench.told("waiting") == 1U);
  BOOST_TEST(bench.core->quiet());
}

BOOST_AUTO_TEST_CASE(ends_when_the_cycle_has) {
  node_bench bench(in_a_cycle());
  bench.start();
  bench.end(0);
  bench.core->end_feedback();
  bench.run();
  BOOST_TEST(bench.told("ended") == 1U);
  BOOST_TEST(bench.links.markers[0] == 1U);
}

BOOST_AUTO_TEST_CASE(is_quiet_only_while_it_has_nothing_and_counts_what_passes) {
  node_bench bench(in_a_cycle());
  bench.pass_on();
  bench.start();
  BOOST_TEST(bench.core->quiet());
  const auto before = bench.core->traffic();
  bench.push(1, batch_of({1}));
  BOOST_TEST(!bench.core->quiet());
  bench.run();
  BOOST_TEST(bench.core->quiet());
  BOOST_TEST(bench.core->traffic() > before);
}

BOOST_AUTO_TEST_CASE(is_not_quiet_while_it_holds_messages_until_a_tick_or_defers_them) {
  node_bench bench(in_a_cycle());
  bench.script->on_message = [](node_context& context, std::size_t, message& in) {
    if (in.get<std::uint64_t>() == 1) {
      context.set_held(1);
      context.request_tick(1s);
    } else if (in.get<std::uint64_t>() == 2)
      context.set_held(0);
    else
      context.defer();
  };
  bench.start();
  bench.feed(1, {1});
  BOOST_TEST(!bench.core->quiet());
  bench.advance(1s);
  BOOST_TEST(bench.core->quiet()); // held, and only the end can change that
  bench.feed(1, {2});
  BOOST_TEST(bench.core->quiet());
  bench.feed(1, {3});
  BOOST_TEST(!bench.core->quiet());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_abort_of_a_node)

BOOST_AUTO_TEST_CASE(discards_and_counts_its_outbox_what_it_holds_and_what_it_deferred) {
  auto shape = node_shape();
  shape.inputs.resize(2);
  shape.inputs[1].port = 1;
  shape.input_ports = 2;
  node_bench bench(shape);
  bench.script->on_message = [](node_context& context, std::size_t port, message& in) {
    if (port == 1) {
      context.defer();
      return;
    }
    for (int i = 0; i < 5; ++i)
      context.emit(0, message(in));
    context.set_held(4);
  };
  bench.start(2);
  bench.feed(1, {9});
  bench.feed(0, {1, 2});
  BOOST_TEST(bench.counters().outbox == 3U);
  BOOST_TEST(bench.counters().held == 5U);
  bench.core->abort();
  bench.core->release();
  BOOST_TEST(bench.counters().discarded == 3U + 4U + 1U);
  BOOST_TEST(bench.counters().outbox == 0U);
  BOOST_TEST(bench.counters().held == 0U);
}

BOOST_AUTO_TEST_CASE(does_not_count_twice_what_the_node_gives_up_itself_when_it_stops) {
  node_bench bench(node_shape::sink());
  bench.script->on_message = [](node_context& context, std::size_t, message&) { context.set_held(4); };
  bench.script->on_stop = [](node_context& context) {
    context.discard(4);
    context.set_held(0);
  };
  bench.start();
  bench.feed(0, {1});
  bench.core->abort();
  bench.core->release();
  BOOST_TEST(bench.counters().discarded == 4U);
}

BOOST_AUTO_TEST_CASE(that_comes_before_its_start_keeps_it_from_starting) {
  node_bench bench;
  bool started = false;
  bench.script->on_start = [&](node_context&) { started = true; };
  bench.open().abort();
  BOOST_TEST(bench.core->start() == "");
  bench.core->go();
  BOOST_TEST(!started);
  BOOST_TEST((bench.meter.status.load() == node_status::aborted));
}

BOOST_AUTO_TEST_CASE(lets_it_handle_nothing_any_more_but_its_stop) {
  node_bench bench;
  bench.pass_on();
  bench.script->on_start = [](node_context& context) { context.request_tick(1s); };
  bench.script->on_control = [](node_context&, std::size_t, const message&) { return true; };
  bench.start();
  bench.push(0, batch_of({1, 2}));
  bench.core->abort();
  bench.run();
  bench.feed(0, {3});
  bench.end(0);
  bench.control(7);
  bench.core->stop();
  bench.core->end_feedback();
  bench.give_credit(5);
  bench.advance(2s);
  bench.core->release();
  bench.core->release();
  BOOST_TEST(bench.script->calls == (std::vector<std::string>{"start", "stop"}),
             boost::test_tools::per_element());
  BOOST_TEST(bench.links.markers[0] == 0U);
  BOOST_TEST(bench.told("ended") == 0U);
}

BOOST_AUTO_TEST_CASE(lets_no_control_message_through_that_had_waited) {
  node_shape shape;
  shape.on_error.policy = error_policy::restart;
  node_bench bench(shape);
  bench.script->on_message = fails_at({1});
  bench.script->on_control = [](node_context&, std::size_t, const message&) { return true; };
  bench.start();
  bench.feed(0, {1});
  bench.control(1); // waits for the fresh node
  bench.core->abort();
  bench.core->release();
  bench.advance(std::chrono::seconds{10});
  BOOST_TEST(bench.calls("control 1") == 0U);
}

BOOST_AUTO_TEST_CASE(tells_the_node_that_it_stops) {
  node_bench bench(node_shape::sink());
  bool stopping = false;
  bench.script->on_stop = [&](node_context& context) { stopping = context.stopping(); };
  bench.start();
  bench.core->abort();
  bench.core->release();
  BOOST_TEST(stopping);
}

BOOST_AUTO_TEST_CASE(is_no_restart) {
  node_shape shape;
  shape.on_error.policy = error_policy::restart;
  node_bench bench(shape);
  bench.script->on_message = [](node_context&, std::size_t, message&) { throw error("bad", "no"); };
  bench.start();
  bench.feed(0, {1});
  bench.core->abort();
  bench.advance(1h);
  BOOST_TEST(bench.script->made == 1U);
}

BOOST_AUTO_TEST_CASE(comes_before_a_start_without_harm) {
  node_bench bench;
  bench.open().abort();
  bench.core->release();
  BOOST_TEST(bench.script->calls.empty());
}

BOOST_AUTO_TEST_CASE(is_not_needed_for_the_stop_of_a_node_that_is_destroyed) {
  node_bench bench;
  bench.start();
  bench.core.reset();
  BOOST_TEST(bench.calls("stop") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
