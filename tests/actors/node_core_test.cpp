#include "model/edge/edge_core.hpp"
#include "tests/support/node_bench.hpp"
#include "tests/support/recording_edge_links.hpp"

#include <numeric>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using list = std::vector<std::uint64_t>;

namespace {

node_shape of_capacity(std::size_t capacity) {
  auto shape = node_shape::sink();
  shape.inputs[0].settings = edge_with(overflow_policy::block, capacity);
  return shape;
}

/// Emits every message `times` times.
auto multiply(std::size_t times) {
  return [times](node_context& context, std::size_t, message& in) {
    for (std::size_t i = 0; i < times; ++i)
      context.emit(0, message(in));
  };
}

/// Two inputs of these bands.
node_shape two_inputs(priority_band first, priority_band second) {
  auto shape = node_shape::sink();
  shape.inputs.resize(2);
  shape.inputs[0].settings.band = first;
  shape.inputs[1].settings.band = second;
  return shape;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_node_at_work)

BOOST_AUTO_TEST_CASE(starts_before_any_message_and_handles_none_before_it_may_run) {
  node_bench bench(node_shape::sink());
  auto& core = bench.open();
  BOOST_TEST(core.start() == "");
  bench.feed(0, {1, 2});
  BOOST_TEST(bench.script->calls == std::vector<std::string>{"start"}, boost::test_tools::per_element());
  core.go();
  bench.run();
  BOOST_TEST(bench.script->calls == (std::vector<std::string>{"start", "message 1", "message 2"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(says_why_it_did_not_start) {
  node_bench bench;
  bench.script->on_start = [](node_context&) { throw error("not_found", "there is no file 'x'"); };
  const auto failure = bench.open().start();
  BOOST_TEST(failure.find("tested") != std::string::npos);
  BOOST_TEST(failure.find("there is no file 'x'") != std::string::npos);
  bench.core->abort();
  bench.core->release();
  BOOST_TEST(bench.calls("stop") == 1U); // it may hold something
}

BOOST_AUTO_TEST_CASE(takes_no_message_without_credit_and_no_more_than_there_is_credit_for) {
  node_bench bench;
  bench.pass_on();
  bench.start(0);
  bench.feed(0, numbers(0, 10));
  BOOST_TEST(bench.script->seen.empty());
  BOOST_TEST(bench.delivered() == 0U);
  bench.give_credit(3);
  BOOST_TEST(bench.script->seen == numbers(0, 3), boost::test_tools::per_element());
  bench.give_credit(100);
  BOOST_TEST(bench.sent() == numbers(0, 10), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().in == 10U);
  BOOST_TEST(bench.counters().out == 10U);
}

BOOST_AUTO_TEST_CASE(takes_no_message_while_one_of_its_outputs_is_full) {
  node_shape shape;
  shape.output_ports = 2;
  shape.outputs = {0, 1};
  node_bench bench(shape);
  bench.pass_on();
  bench.start(0);
  bench.give_credit_to(0, 10);
  bench.feed(0, {1});
  BOOST_TEST(bench.script->seen.empty());
  bench.give_credit_to(1, 10);
  BOOST_TEST(bench.script->seen.size() == 1U);
}

BOOST_AUTO_TEST_CASE(keeps_surplus_output_in_its_outbox_and_takes_nothing_until_that_is_empty) {
  node_bench bench;
  bench.script->on_message = multiply(5);
  bench.start(2);
  bench.feed(0, {1, 2});
  BOOST_TEST(bench.script->seen == (list{1}), boost::test_tools::per_element());
  BOOST_TEST(bench.counters().outbox == 3U);
  bench.give_credit(2);
  BOOST_TEST(bench.script->seen.size() == 1U);
  BOOST_TEST(bench.counters().outbox == 1U);
  bench.give_credit(1); // empties it, and leaves no credit
  BOOST_TEST(bench.script->seen.size() == 1U);
  BOOST_TEST(bench.counters().outbox == 0U);
  bench.give_credit(5);
  BOOST_TEST(bench.sent() == (list{1, 1, 1, 1, 1, 2, 2, 2, 2, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(acknowledges_a_message_before_the_handler_has_it) {
  node_bench bench(of_capacity(4)); // every message is acknowledged
  bench.tell_story_of_messages();
  bench.start();
  bench.feed(0, {1, 2});
  BOOST_TEST(bench.links.story ==
                 (std::vector<std::string>{"taken 1 of 0", "handle 1", "taken 1 of 0", "handle 2"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(acknowledges_in_quarters_of_the_capacity_and_the_rest_when_nothing_is_left) {
  node_bench bench(of_capacity(16));
  bench.tell_story_of_messages();
  bench.start();
  bench.feed(0, numbers(1, 5));
  BOOST_TEST(bench.links.story ==
                 (std::vector<std::string>{"handle 1", "handle 2", "handle 3", "taken 4 of 0", "handle 4",
                                           "handle 5", "taken 1 of 0"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(returns_no_crumbs_of_credit_while_there_is_more_to_do) {
  node_bench bench(of_capacity(1024));
  // Each handler is so slow that a slice has two messages.
  bench.script->on_message = [&bench](node_context&, std::size_t, message&) { bench.links.clock += 400us; };
  bench.start();
  for (std::uint64_t i = 0; i < 10; ++i)
    bench.push(0, batch_of({i}));
  bench.run();
  BOOST_TEST(bench.links.taken[0] == 10U);
  BOOST_TEST(bench.told("taken 10 of 0") == 1U);
}

BOOST_AUTO_TEST_CASE(
    that_is_stuck_behind_an_edge_of_four_leaves_five_accepted_one_delivered_and_four_waiting) {
  node_bench bench(of_capacity(4));
  recording_edge_links edge_links;
  edge_core edge(bench.edges[0].settings, nullptr, port_type::any(), false, edge_links);
  edge_counters inside_handler;
  std::uint64_t next = 1;
  // The producer sends whatever it has credit for.
  const auto produce = [&] {
    while (edge_links.credit != 0) {
      --edge_links.credit;
      edge.offer(batch_of({next++}), bench.delivered());
    }
  };
  bench.script->on_message = [&](node_context&, std::size_t, message&) {
    // Here a handler hangs; what it acknowledged before reaches the edge.
    edge.taken(bench.links.taken[0], nullptr);
    produce();
    inside_handler = edge.counters();
    inside_handler.delivered = bench.delivered();
    bench.core->set_flow_paused(true);
  };
  bench.start();
  edge.start();
  produce();
  for (const auto& batch : std::exchange(edge_links.delivered, {}))
    bench.push(0, batch);
  bench.run();
  BOOST_TEST(inside_handler.accepted == 5U);
  BOOST_TEST(inside_handler.delivered == 1U);
  inside_handler.depth = inside_handler.accepted - inside_handler.delivered;
  BOOST_TEST(inside_handler.depth == 4U);
  BOOST_TEST(inside_handler.balanced());
  BOOST_TEST(edge_links.credit == 0U);
}

BOOST_AUTO_TEST_CASE(gives_the_output_the_trace_and_time_of_its_input_unless_told_otherwise) {
  node_bench bench;
  bench.script->on_message = [](node_context& context, std::size_t, message&) {
    context.emit(0, std::uint64_t{1});
    message other(std::uint64_t{2});
    other.set_trace({9, 9});
    context.emit(0, std::move(other));
  };
  bench.start();
  auto batch = batch_of({5});
  batch->messages[0].set_trace({3, 4});
  bench.feed(0, batch);
  BOOST_REQUIRE(bench.links.sent[0].size() == 2U);
  BOOST_TEST((bench.links.sent[0][0].trace() == trace_id{3, 4}));
  BOOST_TEST((bench.links.sent[0][1].trace() == trace_id{9, 9}));
  BOOST_TEST(bench.links.sent[0][0].timestamp().count() > 0);
}

BOOST_AUTO_TEST_CASE(serves_its_inputs_by_their_bands) {
  node_bench bench(two_inputs(priority_band::normal, priority_band::urgent));
  std::vector<std::size_t> first(2);
  bench.script->on_message = [&](node_context&, std::size_t, message& in) {
    if (bench.script->seen.size() <= 4000)
      ++first[in.get<std::uint64_t>() < 10'000 ? 0 : 1];
  };
  bench.start();
  bench.push(0, batch_of(numbers(0, 5000)));
  bench.push(1, batch_of(numbers(10'000, 5000)));
  bench.run();
  BOOST_TEST(first[1] == 4 * first[0]);
  BOOST_TEST(bench.script->seen.size() == 10'000U);
}

BOOST_AUTO_TEST_CASE(serves_two_inputs_of_one_band_equally_also_when_credit_cuts_its_turns_short) {
  auto shape = two_inputs(priority_band::normal, priority_band::normal);
  shape.output_ports = 1;
  shape.outputs = {0};
  node_bench bench(shape);
  bench.pass_on();
  bench.start(0);
  bench.push(0, batch_of(numbers(0, 1000)));
  bench.push(1, batch_of(numbers(10'000, 1000)));
  for (int i = 0; i < 160; ++i)
    bench.give_credit(10); // a turn of eight and two more
  std::vector<std::size_t> served(2);
  for (const auto number : bench.script->seen)
    ++served[number < 10'000 ? 0 : 1];
  BOOST_TEST(served[0] == 800U);
  BOOST_TEST(served[1] == 800U);
}

BOOST_AUTO_TEST_CASE(lets_others_in_after_a_slice) {
  node_bench bench(node_shape::sink());
  bench.start();
  bench.push(0, batch_of(numbers(0, 1000)));
  BOOST_TEST(bench.core->work());
  BOOST_TEST(bench.script->seen.size() == defaults::batch_messages);
}

BOOST_AUTO_TEST_CASE(ends_a_slice_early_when_its_handlers_are_slow) {
  node_bench bench(node_shape::sink());
  bench.script->on_message = [&](node_context&, std::size_t, message&) { bench.links.clock += 200us; };
  bench.start();
  bench.push(0, batch_of(numbers(0, 1000)));
  BOOST_TEST(bench.core->work());
  BOOST_TEST(bench.script->seen.size() <= 4U);
  BOOST_TEST(bench.counters().stalls == 0U);
}

BOOST_AUTO_TEST_CASE(counts_and_logs_a_handler_that_takes_too_long) {
  node_bench bench(node_shape::sink());
  bench.script->on_message = [&](node_context&, std::size_t, message& in) {
    if (in.get<std::uint64_t>() == 700)
      bench.links.clock += 150ms;
  };
  bench.start();
  bench.feed(0, numbers(0, 1000));
  BOOST_TEST(bench.counters().stalls == 1U);
  BOOST_REQUIRE(bench.links.logged.size() == 1U);
  BOOST_TEST(bench.links.logged[0].event == "node_stalled");
  BOOST_TEST(bench.links.logged[0].text.find("150 ms") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(counts_a_source_that_takes_too_long) {
  node_bench bench(node_shape::source());
  bench.script->produce = [&](node_context&, std::size_t) {
    bench.links.clock += 101ms;
    return produce_result::done;
  };
  bench.start();
  BOOST_TEST(bench.counters().stalls == 1U);
}

BOOST_AUTO_TEST_CASE(writes_ten_log_lines_of_one_event_a_second) {
  node_bench bench(node_shape::sink());
  bench.script->on_message = [](node_context& context, std::size_t, message& in) {
    context.log(log_level::warning, in.get<std::uint64_t>() % 2 == 0 ? "even" : "odd", "seen");
  };
  bench.start();
  std::vector<std::uint64_t> numbers(200);
  std::iota(numbers.begin(), numbers.end(), 0);
  bench.feed(0, numbers);
  BOOST_TEST(bench.links.logged.size() == 20U);
  bench.links.clock += 1s;
  bench.feed(0, {2});
  BOOST_TEST(bench.links.logged.back().text.find("90 more like it") != std::string::npos,
             bench.links.logged.back().text);
}

BOOST_AUTO_TEST_CASE(leaves_what_it_cannot_handle_yet_where_the_policy_of_its_edge_sees_it) {
  auto shape = node_shape::sink();
  shape.inputs[0].settings = edge_with(overflow_policy::latest, 1);
  node_bench bench(shape);
  bench.start();
  bench.core->set_flow_paused(true);
  bench.feed(0, {1});
  bench.feed(0, {2});
  bench.feed(0, {3});
  bench.core->set_flow_paused(false);
  bench.run();
  BOOST_TEST(bench.script->seen == (list{3}), boost::test_tools::per_element());
  BOOST_TEST(bench.channels[0]->counts().replaced == 2U);
  BOOST_TEST(bench.channels[0]->counts().dropped == 0U);
}

BOOST_AUTO_TEST_CASE(hands_a_message_of_a_lossy_edge_over_only_in_its_turn) {
  // The other input has the turn; meanwhile the waiting message is replaced.
  auto shape = two_inputs(priority_band::urgent, priority_band::normal);
  shape.inputs[1].settings.policy = overflow_policy::latest;
  shape.inputs[1].settings.capacity = 1;
  node_bench bench(shape);
  bench.script->on_message = [&](node_context&, std::size_t, message& in) {
    if (in.get<std::uint64_t>() < 100)
      bench.push(1, batch_of({1000 + in.get<std::uint64_t>()}));
  };
  bench.start();
  bench.push(1, batch_of({1000}));
  bench.feed(0, numbers(1, 8));
  BOOST_TEST(bench.script->seen.back() == 1008U);
  BOOST_TEST(bench.channels[1]->counts().dropped == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
