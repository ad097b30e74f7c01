#include "nodes/io/interval_source.hpp"
#include "nodes/stream/aggregate.hpp"
#include "nodes/stream/batch.hpp"
#include "nodes/stream/window.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::testing;

namespace {

std::vector<std::string> after_flush(const node_type& type,
                                     const std::vector<std::pair<std::string, std::string>>& given,
                                     const char* word) {
  node_harness harness(type, given);
  harness.start();
  (void)harness.feed(text_message("a"));
  (void)harness.feed(text_message("b"));
  // Not swallowed: nodes further on may gather, too.
  BOOST_TEST(!harness.control(message(text(word), message_kind::control)));
  BOOST_TEST(harness.held() == (std::string(word) == "flush" ? 0U : 2U));
  return harness.texts();
}

} // namespace

BOOST_AUTO_TEST_SUITE(flush_control)

BOOST_AUTO_TEST_CASE(flush_makes_gathering_nodes_emit_what_they_hold) {
  BOOST_TEST(after_flush(aggregate_type(), {{"op", "count"}}, "flush") ==
             std::vector<std::string>{R"({"count":2})"});
  BOOST_TEST(after_flush(window_type(), {{"op", "count"}, {"count", "9"}}, "flush") ==
             std::vector<std::string>{R"({"count":2})"});
  BOOST_TEST(after_flush(batch_type(), {{"count", "9"}}, "flush") ==
             std::vector<std::string>{R"(["a","b"])"});
}

BOOST_AUTO_TEST_CASE(other_control_messages_do_nothing) {
  BOOST_TEST(after_flush(batch_type(), {{"count", "9"}}, "other").empty());
}

BOOST_AUTO_TEST_CASE(an_interval_with_control_sends_control_messages_and_ends_after_count) {
  node_harness harness(interval_source_type(), {{"every", "10ms"}, {"count", "2"}, {"control", "flush"}});
  harness.start();
  BOOST_TEST((harness.produce() == produce_result::wait));
  harness.advance(std::chrono::milliseconds{10});
  BOOST_TEST((harness.produce() == produce_result::wait));
  harness.advance(std::chrono::milliseconds{10});
  BOOST_TEST((harness.produce() == produce_result::done));
  BOOST_TEST(harness.controls().size() == 2U);
  BOOST_TEST(harness.messages().empty());
}

BOOST_AUTO_TEST_SUITE_END()
