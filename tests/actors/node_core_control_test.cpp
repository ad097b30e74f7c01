#include "actors/flow/control_places.hpp"
#include "tests/support/node_bench.hpp"

using namespace sluice;
using namespace sluice::testing;
using list = std::vector<std::uint64_t>;

BOOST_AUTO_TEST_SUITE(control_messages)

BOOST_AUTO_TEST_CASE(are_forwarded_once_per_output_by_a_node_that_has_no_handler) {
  node_shape shape;
  shape.output_ports = 2;
  shape.outputs = {0, 1, 2}; // the last is `error`
  node_bench bench(shape);
  bench.start();
  bench.control(7);
  BOOST_TEST(bench.links.controls[0].size() == 1U);
  BOOST_TEST(bench.links.controls[1].size() == 1U);
  BOOST_TEST(bench.links.controls[2].empty());
  BOOST_TEST(bench.links.controls[0][0].get<std::uint64_t>() == 7U);
  BOOST_TEST((bench.links.controls[0][0].kind() == message_kind::control));
  BOOST_TEST(bench.links.control_credit[0] == 1U);
  BOOST_TEST(bench.counters().in == 0U);
  BOOST_TEST(bench.counters().out == 0U);
  BOOST_TEST(bench.counters().control == 1U);
}

BOOST_AUTO_TEST_CASE(do_not_go_round_a_cycle_for_ever) {
  node_shape shape;
  shape.outputs = {0, 0};
  shape.feedback_outputs = {false, true};
  node_bench bench(shape);
  bench.start();
  bench.control(7);
  BOOST_TEST(bench.links.controls[0].size() == 1U);
  BOOST_TEST(bench.links.controls[1].empty());
}

BOOST_AUTO_TEST_CASE(from_outside_give_their_place_back_when_they_are_handled) {
  node_bench bench;
  bench.start();
  bench.core->receive_control(0, message(std::uint64_t{7}, message_kind::control), false);
  BOOST_TEST(bench.links.control_places_returned == 1U);
  BOOST_TEST(bench.links.control_credit[0] == 0U);
}

BOOST_AUTO_TEST_CASE(that_find_no_place_stop_the_node_that_sends_them) {
  node_bench bench(node_shape::source());
  std::size_t sent = 0;
  bench.script->produce = [&](node_context& context, std::size_t) {
    context.send_control(0, message(std::uint64_t{++sent}));
    return sent < 1000 ? produce_result::more : produce_result::done;
  };
  bench.start();
  BOOST_TEST(sent == defaults::control_places + 1);
  for (std::size_t i = 0; i < 10; ++i)
    bench.core->add_control_credit(0);
  bench.run();
  BOOST_TEST(sent == defaults::control_places + 11); // the last one waits
  BOOST_TEST(bench.links.controls[0].size() == defaults::control_places + 10);
}

BOOST_AUTO_TEST_CASE(from_outside_that_are_on_their_way_come_before_the_end) {
  node_bench bench;
  bench.start();
  bench.links.control_on_its_way = true;
  bench.end(0);
  BOOST_TEST(bench.told("ended") == 0U);
  BOOST_TEST(bench.links.markers[0] == 0U);
  bench.links.control_on_its_way = false;
  bench.core->receive_control(0, message(std::uint64_t{7}, message_kind::control), false);
  bench.run();
  BOOST_TEST(bench.links.controls[0].size() == 1U);
  BOOST_TEST(bench.told("ended") == 0U); // its edge has not handled it yet
  bench.core->add_control_credit(0);
  bench.run();
  BOOST_TEST(bench.told("ended") == 1U);
}

BOOST_AUTO_TEST_CASE(from_outside_find_no_place_once_the_node_has_ended) {
  control_places places;
  BOOST_TEST(places.take());
  BOOST_TEST(!places.close());
  places.give_back();
  BOOST_TEST(places.close());
  BOOST_TEST(places.close());
  BOOST_TEST(!places.take());
}

BOOST_AUTO_TEST_CASE(are_handled_while_those_that_the_node_sent_wait_for_places) {
  node_bench bench;
  bench.script->on_message = [](node_context& context, std::size_t, message&) {
    for (std::size_t i = 0; i <= defaults::control_places; ++i)
      context.send_control(0, message(std::uint64_t{1000 + i}));
  };
  std::uint64_t forwarded = 0;
  bench.script->on_control = [&](node_context&, std::size_t, const message& control) {
    return control.get<std::uint64_t>() != forwarded;
  };
  bench.start();
  bench.feed(0, {1, 2}); // the second is not handled: one control message waits
  BOOST_TEST(bench.script->seen.size() == 1U);
  forwarded = 8;
  bench.control(7);
  BOOST_TEST(bench.calls("control 7") == 1U);
  BOOST_TEST(bench.links.control_credit[0] == 1U);
  bench.control(8); // goes on, so its place is not free until there is one for it
  BOOST_TEST(bench.calls("control 8") == 1U);
  BOOST_TEST(bench.links.control_credit[0] == 1U);
  bench.core->add_control_credit(0);
  BOOST_TEST(bench.links.control_credit[0] == 1U);
  bench.core->add_control_credit(0);
  BOOST_TEST(bench.links.control_credit[0] == 2U);
  BOOST_TEST(bench.links.controls[0].back().get<std::uint64_t>() == 8U);
}

BOOST_AUTO_TEST_CASE(stop_at_a_node_that_handles_them) {
  node_bench bench;
  bench.script->on_control = [](node_context& context, std::size_t, const message&) {
    context.emit(0, std::uint64_t{1});
    return true;
  };
  bench.start();
  bench.control(7);
  BOOST_TEST(bench.links.controls[0].empty());
  BOOST_TEST(bench.links.control_credit[0] == 1U);
  BOOST_TEST(bench.sent() == (list{1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(are_handled_while_the_outbox_is_full_and_while_the_flow_is_paused) {
  node_bench bench;
  bench.pass_on();
  bench.script->on_control = [](node_context& context, std::size_t, const message&) {
    context.emit(0, std::uint64_t{100});
    return true;
  };
  bench.start(0);
  bench.feed(0, {1, 2});
  bench.control(7);
  bench.control(8);
  BOOST_TEST(bench.calls("control 7") == 1U);
  BOOST_TEST(bench.calls("control 8") == 1U);
  BOOST_TEST(bench.counters().outbox == 2U);
  bench.core->set_flow_paused(true);
  bench.control(9);
  BOOST_TEST(bench.calls("control 9") == 1U);
  BOOST_TEST(bench.script->seen.empty());
}

BOOST_AUTO_TEST_CASE(wait_until_the_node_may_run) {
  node_bench bench;
  auto& core = bench.open();
  bench.control(7);
  BOOST_TEST(core.start() == "");
  bench.control(8);
  bench.core->add_control_credit(0);
  BOOST_TEST(bench.links.controls[0].empty());
  core.go();
  BOOST_REQUIRE(bench.links.controls[0].size() == 2U);
  BOOST_TEST(bench.links.controls[0][0].get<std::uint64_t>() == 7U);
  BOOST_TEST(bench.links.controls[0][1].get<std::uint64_t>() == 8U);
}

BOOST_AUTO_TEST_CASE(are_never_lost_when_all_places_are_taken_and_give_no_credit_until_they_have_left) {
  node_bench bench;
  bench.start();
  const auto places = defaults::control_places;
  for (std::uint64_t number = 0; number < places + 10; ++number)
    bench.control(number);
  BOOST_TEST(bench.links.controls[0].size() == places);
  // The other ten wait for places, and keep their own.
  BOOST_TEST(bench.links.control_credit[0] == places);
  BOOST_TEST(bench.counters().control == places + 10);
  for (std::size_t i = 0; i < 10; ++i)
    bench.core->add_control_credit(0);
  BOOST_TEST(numbers_of(bench.links.controls[0]) == numbers(0, places + 10),
             boost::test_tools::per_element());
  BOOST_TEST(bench.links.control_credit[0] == places + 10);
  // Every place that was given back is in use again; one more is free now.
  bench.core->add_control_credit(0);
  bench.control(1000);
  BOOST_TEST(bench.links.controls[0].size() == places + 11);
  bench.control(1001);
  BOOST_TEST(bench.links.controls[0].size() == places + 11);
}

BOOST_AUTO_TEST_CASE(that_fail_are_errors_and_go_on_to_others) {
  node_shape shape;
  shape.outputs = {0, 1}; // the last is `error`
  node_bench bench(shape);
  bench.script->on_control = [](node_context&, std::size_t, const message&) -> bool {
    throw error("bad", "no");
  };
  bench.start();
  bench.control(7);
  BOOST_TEST(bench.counters().errors == 1U);
  BOOST_TEST(bench.links.sent[1].size() == 1U);
  BOOST_TEST(bench.links.control_credit[0] == 1U);
}

BOOST_AUTO_TEST_CASE(pass_a_node_that_has_ended) {
  node_bench bench;
  bench.script->on_control = [](node_context&, std::size_t, const message&) { return true; };
  bench.start();
  bench.end(0);
  bench.control(7);
  BOOST_TEST(bench.calls("control 7") == 0U);
  BOOST_TEST(bench.links.controls[0].size() == 1U);
  BOOST_TEST(bench.links.control_credit[0] == 1U);
}

BOOST_AUTO_TEST_CASE(of_the_node_itself_carry_their_time_and_wake_a_source_that_waits) {
  node_bench bench(node_shape::source());
  bench.script->produce = [&](node_context& context, std::size_t) {
    context.send_control(0, message(std::uint64_t{5}));
    return produce_result::wait;
  };
  bench.script->on_control = [](node_context&, std::size_t, const message&) { return true; };
  bench.start();
  BOOST_REQUIRE(bench.links.controls[0].size() == 1U);
  BOOST_TEST((bench.links.controls[0][0].kind() == message_kind::control));
  BOOST_TEST((bench.links.controls[0][0].timestamp() == bench.links.wall_time()));
  message from_outside(std::uint64_t{1}, message_kind::control);
  bench.core->receive_control(0, std::move(from_outside), false);
  bench.run();
  BOOST_TEST(bench.calls("produce") == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
