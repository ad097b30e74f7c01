#include "nodes/stream/delay.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using testing::node_harness;
using testing::text_message;

namespace {

using texts = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(stream_delay)

BOOST_AUTO_TEST_CASE(a_message_leaves_when_its_time_has_passed_and_not_before) {
  node_harness harness(delay_type(), {{"for", "1s"}});
  harness.start();
  harness.feed(text_message("a"));
  harness.advance(999ms);
  BOOST_TEST(harness.texts().empty());
  BOOST_TEST(harness.held() == 1U);
  harness.advance(1ms);
  BOOST_TEST(harness.texts() == texts{"a"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
  BOOST_TEST(!harness.tick_pending());
}

BOOST_AUTO_TEST_CASE(each_message_has_its_own_time_and_order_is_kept) {
  node_harness harness(delay_type(), {{"for", "1s"}});
  harness.feed(text_message("a"));
  harness.feed(text_message("b"));
  harness.advance(400ms);
  harness.feed(text_message("c"));
  harness.advance(600ms);
  BOOST_TEST(harness.texts() == (texts{"a", "b"}), boost::test_tools::per_element());
  harness.advance(399ms);
  BOOST_TEST(harness.texts().empty());
  harness.advance(1ms);
  BOOST_TEST(harness.texts() == texts{"c"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(messages_pass_untouched) {
  node_harness harness(delay_type(), {{"for", "1s"}});
  auto sent = text_message("a");
  sent.set_trace({5, 6});
  sent.set_timestamp(42ns);
  harness.feed(std::move(sent));
  harness.advance(1s);
  const auto out = harness.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST((out[0].trace() == trace_id{5, 6}));
  BOOST_TEST(out[0].timestamp().count() == 42);
}

BOOST_AUTO_TEST_CASE(a_full_delay_takes_no_more_until_one_has_left) {
  node_harness harness(delay_type(), {{"for", "1s"}, {"max", "2"}});
  harness.feed(text_message("a"));
  BOOST_TEST(!harness.paused());
  harness.advance(500ms);
  harness.feed(text_message("b"));
  BOOST_TEST(harness.paused());
  harness.advance(499ms);
  BOOST_TEST(harness.paused());
  harness.advance(1ms);
  BOOST_TEST(!harness.paused());
  BOOST_TEST(harness.texts() == texts{"a"}, boost::test_tools::per_element());
  harness.feed(text_message("c"));
  BOOST_TEST(harness.paused());
  harness.advance(2s);
  BOOST_TEST(!harness.paused());
  BOOST_TEST(harness.texts() == (texts{"b", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_rest_leaves_at_once_when_the_stream_ends) {
  node_harness harness(delay_type(), {{"for", "1h"}});
  harness.feed(text_message("a"));
  harness.feed(text_message("b"));
  harness.end();
  BOOST_TEST(harness.texts() == (texts{"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_delay_lets_go_soon_after_the_flow_is_stopped) {
  node_harness harness(delay_type(), {{"for", "1h"}, {"max", "2"}});
  harness.feed(text_message("a"));
  harness.feed(text_message("b"));
  harness.advance(10s);
  BOOST_TEST(harness.texts().empty());
  BOOST_TEST(harness.paused());
  harness.set_stopping();
  harness.advance(100ms);
  BOOST_TEST(harness.texts() == (texts{"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(!harness.paused());
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_time_messages_leave_at_the_next_tick) {
  node_harness harness(delay_type(), {{"for", "0"}});
  harness.feed(text_message("a"));
  harness.advance(0ns);
  BOOST_TEST(harness.texts() == texts{"a"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_time_is_required_and_bounds_are_checked) {
  BOOST_CHECK_THROW(node_harness(delay_type(), config_value{}), error);
  BOOST_CHECK_THROW(node_harness(delay_type(), {{"for", "-1s"}}), error);
  BOOST_CHECK_THROW(node_harness(delay_type(), {{"for", "1s"}, {"max", "0"}}), error);
}

BOOST_AUTO_TEST_SUITE_END()
