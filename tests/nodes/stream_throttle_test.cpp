#include "nodes/stream/throttle.hpp"
#include "nodes/stream/token_bucket.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using testing::node_harness;
using testing::text_message;

namespace {

/// Feeds the same message until it passes, moving time as the node asks. Returns how long that took.
std::chrono::nanoseconds feed_until_taken(node_harness& harness, std::string_view content) {
  std::chrono::nanoseconds waited{0};
  while (!harness.feed(text_message(content))) {
    BOOST_REQUIRE(harness.retry_after() > 0ns);
    waited += harness.retry_after();
    harness.advance(harness.retry_after());
  }
  return waited;
}

} // namespace

BOOST_AUTO_TEST_SUITE(stream_throttle)

BOOST_AUTO_TEST_CASE(a_burst_passes_at_once_and_the_next_message_waits_for_its_token) {
  node_harness harness(throttle_type(), {{"rate", "10"}, {"burst", "3"}});
  harness.start();
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(harness.feed(text_message("x")));
  BOOST_TEST(!harness.feed(text_message("late")));
  BOOST_TEST(harness.texts().size() == 3U);
  BOOST_TEST((harness.retry_after() == 100ms));
  harness.advance(100ms);
  BOOST_TEST(harness.feed(text_message("late")));
  BOOST_TEST(harness.texts() == std::vector<std::string>{"late"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_that_comes_too_early_again_is_deferred_for_the_rest) {
  node_harness harness(throttle_type(), {{"rate", "10"}, {"burst", "1"}});
  BOOST_TEST(harness.feed(text_message("x")));
  BOOST_TEST(!harness.feed(text_message("y")));
  harness.advance(60ms);
  BOOST_TEST(!harness.feed(text_message("y")));
  BOOST_TEST((harness.retry_after() >= 40ms));
  BOOST_TEST((harness.retry_after() < 41ms));
}

BOOST_AUTO_TEST_CASE(the_rate_holds_over_many_messages) {
  node_harness harness(throttle_type(), {{"rate", "3"}, {"burst", "1"}});
  std::chrono::nanoseconds waited{0};
  for (int i = 0; i < 301; ++i)
    waited += feed_until_taken(harness, std::to_string(i));
  BOOST_TEST((waited >= 99'999'999us));
  BOOST_TEST((waited <= 100'000'001us));
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_and_order_is_kept) {
  node_harness harness(throttle_type(), {{"rate", "1000"}, {"burst", "2"}});
  for (int i = 0; i < 50; ++i)
    (void)feed_until_taken(harness, std::to_string(i));
  const auto passed = harness.texts();
  BOOST_REQUIRE_EQUAL(passed.size(), 50U);
  for (int i = 0; i < 50; ++i)
    BOOST_TEST(passed[static_cast<std::size_t>(i)] == std::to_string(i));
}

BOOST_AUTO_TEST_CASE(messages_pass_untouched) {
  node_harness harness(throttle_type(), {{"rate", "1"}});
  auto sent = text_message("x");
  sent.set_trace({5, 6});
  sent.set_timestamp(42ns);
  sent.set_key(text("k"));
  BOOST_TEST(harness.feed(sent));
  const auto passed = harness.messages();
  BOOST_REQUIRE_EQUAL(passed.size(), 1U);
  BOOST_TEST((passed[0].trace() == trace_id{5, 6}));
  BOOST_TEST(passed[0].timestamp().count() == 42);
  BOOST_TEST(passed[0].key().view() == "k");
}

BOOST_AUTO_TEST_CASE(quiet_time_saves_no_more_than_the_burst) {
  node_harness harness(throttle_type(), {{"rate", "10"}, {"burst", "2"}});
  BOOST_TEST(harness.feed(text_message("x")));
  harness.advance(1h);
  int passed = 0;
  while (harness.feed(text_message("x")))
    ++passed;
  BOOST_TEST(passed == 2);
}

BOOST_AUTO_TEST_CASE(the_usual_burst_is_a_tenth_of_a_second_and_at_least_one) {
  const auto burst = [](const char* rate) {
    node_harness harness(throttle_type(), {{"rate", rate}});
    int passed = 0;
    while (harness.feed(text_message("x")))
      ++passed;
    return passed;
  };
  BOOST_TEST(burst("0.5") == 1);
  BOOST_TEST(burst("10") == 1);
  BOOST_TEST(burst("1000") == 100);
}

BOOST_AUTO_TEST_CASE(a_fraction_of_a_message_per_second_waits_long) {
  node_harness harness(throttle_type(), {{"rate", "0.5"}});
  BOOST_TEST(harness.feed(text_message("x")));
  BOOST_TEST(!harness.feed(text_message("y")));
  BOOST_TEST((harness.retry_after() == 2s));
}

BOOST_AUTO_TEST_CASE(a_rate_is_required_and_above_zero) {
  BOOST_CHECK_THROW(node_harness(throttle_type(), config_value{}), error);
  BOOST_CHECK_THROW(node_harness(throttle_type(), {{"rate", "0"}}), error);
  BOOST_CHECK_THROW(node_harness(throttle_type(), {{"rate", "-1"}}), error);
  BOOST_CHECK_THROW(node_harness(throttle_type(), {{"rate", "fast"}}), error);
  BOOST_CHECK_THROW(node_harness(throttle_type(), {{"rate", "1"}, {"burst", "0"}}), error);
}

BOOST_AUTO_TEST_CASE(a_token_bucket_never_gives_more_than_burst_and_rate_allow) {
  token_bucket bucket(7, 5);
  int taken = 0;
  for (int step = 0; step <= 10'000; ++step)
    taken += bucket.take(1ms * step) ? 1 : 0;
  BOOST_TEST(taken >= 5 + 7 * 10 - 1);
  BOOST_TEST(taken <= 5 + 7 * 10);
}

BOOST_AUTO_TEST_CASE(a_token_is_there_when_the_bucket_says_so) {
  for (const double rate : {0.3, 3.0, 7.0, 999.0, 123'456.0}) {
    token_bucket bucket(rate, 1);
    std::chrono::nanoseconds now{0};
    BOOST_TEST(bucket.take(now));
    for (int i = 0; i < 1000; ++i) {
      BOOST_TEST(!bucket.take(now));
      now += bucket.until_next();
      BOOST_TEST(bucket.take(now));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
