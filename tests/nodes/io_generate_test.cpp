#include "model/message/json.hpp"
#include "nodes/io/generate_source.hpp"
#include "nodes/io/interval_source.hpp"
#include "nodes/io/pacer.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using sluice::testing::node_harness;
using strings = std::vector<std::string>;
using scalars = std::vector<std::pair<std::string, std::string>>;

namespace {

/// What a runner does with a source that said `wait`: lets time pass until the tick, then asks again.
std::size_t emitted_within(node_harness& harness, std::chrono::nanoseconds time,
                           std::chrono::nanoseconds step) {
  std::size_t count = 0;
  for (std::chrono::nanoseconds passed{0}; passed < time; passed += step) {
    harness.advance(step);
    while (harness.produce() == produce_result::more)
      ;
    count += harness.texts().size();
  }
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(io_generate)

BOOST_AUTO_TEST_CASE(the_default_is_a_sequence_of_numbers) {
  node_harness harness(generate_source_type(), scalars{{"count", "5"}});
  harness.start();
  BOOST_TEST((harness.produce(3) == produce_result::more));
  BOOST_TEST(harness.texts() == (strings{"0", "1", "2"}), boost::test_tools::per_element());
  BOOST_TEST((harness.produce(3) == produce_result::done));
  BOOST_TEST(harness.texts() == (strings{"3", "4"}), boost::test_tools::per_element());
  BOOST_TEST((harness.produce(3) == produce_result::done));
  BOOST_TEST(harness.texts().empty());
}

BOOST_AUTO_TEST_CASE(without_a_count_it_has_no_end) {
  node_harness harness(generate_source_type(), scalars{});
  for (int round = 0; round < 100; ++round)
    BOOST_TEST((harness.produce(100) == produce_result::more));
  BOOST_TEST(harness.texts().back() == "9999");
}

BOOST_AUTO_TEST_CASE(every_message_shares_the_value) {
  node_harness harness(
      generate_source_type(),
      config_value::map({{"value", {}, config_value::map({{"a", {}, config_value::scalar("1")}})}}));
  (void)harness.produce(2);
  const auto made = harness.messages();
  BOOST_TEST_REQUIRE(made.size() == 2U);
  BOOST_TEST(made[1].get<json>().dump() == R"({"a":1})");
  BOOST_TEST(&made[0].get<json>().value() == &made[1].get<json>().value());
  BOOST_TEST((made[0].trace() != made[1].trace()));
}

BOOST_AUTO_TEST_CASE(a_value_that_json_cannot_hold_is_an_option_error) {
  BOOST_CHECK_EXCEPTION(node_harness(generate_source_type(), scalars{{"value", ".nan"}}), option_error,
                        [](const option_error& wrong) { return wrong.option() == "value"; });
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_findings) {
  BOOST_CHECK_THROW(node_harness(generate_source_type(), scalars{{"count", "-1"}}), error);
  BOOST_CHECK_THROW(node_harness(generate_source_type(), scalars{{"rate", "-0.5"}}), error);
}

BOOST_AUTO_TEST_CASE(a_rate_is_kept) {
  node_harness harness(generate_source_type(), scalars{{"rate", "10"}});
  BOOST_TEST((harness.produce() == produce_result::wait));
  BOOST_TEST(harness.texts() == strings{"0"}, boost::test_tools::per_element());
  harness.advance(99ms);
  BOOST_TEST((harness.produce() == produce_result::wait));
  BOOST_TEST(harness.texts().empty());
  harness.advance(1ms);
  BOOST_TEST((harness.produce() == produce_result::wait));
  BOOST_TEST(harness.texts() == strings{"1"}, boost::test_tools::per_element());
  BOOST_TEST(emitted_within(harness, 10s, 7ms) >= 100U);
}

BOOST_AUTO_TEST_CASE(a_high_rate_leaves_in_small_batches_and_is_exact) {
  node_harness harness(generate_source_type(), scalars{{"rate", "250000"}});
  BOOST_TEST(emitted_within(harness, 2s, 1ms) == 500'001U - 250U);
}

BOOST_AUTO_TEST_CASE(a_rate_does_not_ask_for_ticks_faster_than_one_per_millisecond) {
  node_harness harness(generate_source_type(), scalars{{"rate", "1000000"}});
  while (harness.produce() == produce_result::more)
    ;
  harness.advance(999us);
  BOOST_TEST(harness.tick_pending());
  harness.advance(1us);
  BOOST_TEST(!harness.tick_pending());
}

BOOST_AUTO_TEST_CASE(after_standing_still_at_most_one_second_is_made_up_for) {
  pacer paced(100, 0s);
  BOOST_TEST(paced.due(0s) == 1U);
  paced.sent(1);
  BOOST_TEST(paced.due(500ms) == 50U);
  BOOST_TEST(paced.due(1h) == 100U);
  paced.sent(100);
  BOOST_TEST(paced.due(1h) == 0U);
  BOOST_TEST(paced.until_next(1h).count() == std::chrono::nanoseconds(10ms).count());
  BOOST_TEST(paced.due(1h + 10ms) == 1U);
}

BOOST_AUTO_TEST_CASE(a_slow_rate_waits_longer_than_a_second) {
  pacer paced(0.1, 0s);
  paced.sent(paced.due(0s));
  BOOST_TEST(paced.due(9999ms) == 0U);
  BOOST_TEST(paced.due(10s) == 1U);
  BOOST_TEST(paced.due(1h) == 1U);
}

BOOST_AUTO_TEST_CASE(a_pacer_never_sends_early) {
  pacer paced(3, 0s);
  std::uint64_t sent = 0;
  for (std::chrono::nanoseconds now{0}; now <= 10s; now += paced.until_next(now)) {
    const auto due = paced.due(now);
    BOOST_TEST_REQUIRE(due == 1U); // the tick asked for is neither early nor late
    paced.sent(due);
    sent += due;
    BOOST_TEST_REQUIRE(static_cast<double>(sent - 1) <= 3e-9 * static_cast<double>(now.count()));
  }
  BOOST_TEST(sent >= 30U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(io_interval)

BOOST_AUTO_TEST_CASE(the_first_message_comes_after_one_period) {
  node_harness harness(interval_source_type(), scalars{{"every", "10s"}});
  harness.start();
  BOOST_TEST((harness.produce() == produce_result::wait));
  harness.advance(9999ms);
  BOOST_TEST(harness.tick_pending());
  BOOST_TEST((harness.produce() == produce_result::wait));
  BOOST_TEST(harness.texts().empty());
  harness.advance(1ms);
  BOOST_TEST(!harness.tick_pending());
  BOOST_TEST((harness.produce() == produce_result::wait));
  BOOST_TEST(harness.texts() == strings{R"({"tick":1})"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(missed_periods_are_skipped_and_the_beat_is_kept) {
  node_harness harness(interval_source_type(), scalars{{"every", "10s"}});
  harness.start();
  harness.advance(34s);
  (void)harness.produce();
  BOOST_TEST(harness.texts().size() == 1U);
  harness.advance(5s);
  (void)harness.produce();
  BOOST_TEST(harness.texts().empty());
  harness.advance(1s);
  (void)harness.produce();
  BOOST_TEST(harness.texts() == strings{R"({"tick":2})"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_period_is_required_and_bounded) {
  BOOST_CHECK_THROW(node_harness(interval_source_type(), scalars{}), error);
  BOOST_CHECK_THROW(node_harness(interval_source_type(), scalars{{"every", "0"}}), error);
}

BOOST_AUTO_TEST_SUITE_END()
