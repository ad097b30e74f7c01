#include "model/message/error_record.hpp"
#include "model/message/json.hpp"
#include "nodes/stream/batch.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using testing::json_message;
using testing::node_harness;
using testing::text_message;

namespace {

using texts = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(stream_batch)

BOOST_AUTO_TEST_CASE(a_batch_leaves_when_it_has_its_count) {
  node_harness harness(batch_type(), {{"count", "3"}});
  for (const auto* item : {"1", "2", "3", "4"})
    harness.feed(json_message(item));
  BOOST_TEST(harness.texts() == texts{"[1,2,3]"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_left_leaves_at_the_end_and_there_are_no_empty_batches) {
  node_harness harness(batch_type(), {{"count", "2"}});
  harness.feed(json_message("1"));
  harness.end();
  BOOST_TEST(harness.texts() == texts{"[1]"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
  harness.end();
  BOOST_TEST(harness.texts().empty());
}

BOOST_AUTO_TEST_CASE(items_are_json_as_it_is_and_text_as_strings) {
  node_harness harness(batch_type(), {{"count", "6"}});
  harness.feed(json_message(R"({"b":1,"a":[9007199254740993]})"));
  harness.feed(text_message("say \"hi\""));
  harness.feed(text_message(""));
  harness.feed(text_message(std::string_view("a\0b\xff", 4)));
  harness.feed(message(42));
  harness.feed(json_message("null"));
  BOOST_TEST(harness.texts() == texts{R"([{"b":1,"a":[9007199254740993]},"say \"hi\"","","a\u0000b)"
                                      "\xEF\xBF\xBD"
                                      R"(",42,null])"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_error_message_becomes_its_object) {
  node_harness harness(batch_type(), {{"count", "1"}});
  harness.feed(message(error_record{"bad_json", "no", "parse", text_message("x")}, message_kind::error));
  const auto out = harness.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST(out[0].is_data());
  BOOST_TEST(out[0].get<json>().dump().find(R"([{"error":{"code":"bad_json")") == 0U);
}

BOOST_AUTO_TEST_CASE(a_batch_is_never_longer_than_its_bytes) {
  node_harness harness(batch_type(), {{"bytes", "10"}});
  for (const auto* item : {"111", "222", "33", "4", "55555"})
    harness.feed(json_message(item));
  // [111,222] has 9 bytes and [111,222,33] 12; [33,4] has 6 and [33,4,55555] 12.
  BOOST_TEST(harness.texts() == (texts{"[111,222]", "[33,4]"}), boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 1U);
}

BOOST_AUTO_TEST_CASE(a_batch_of_exactly_its_bytes_leaves_at_once) {
  node_harness harness(batch_type(), {{"bytes", "9"}});
  harness.feed(json_message("111"));
  harness.feed(json_message("222"));
  BOOST_TEST(harness.texts() == texts{"[111,222]"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(a_message_longer_than_the_bytes_leaves_alone) {
  node_harness harness(batch_type(), {{"bytes", "8"}});
  harness.feed(json_message("1"));
  harness.feed(text_message("much longer"));
  harness.feed(json_message("2"));
  harness.end();
  BOOST_TEST(harness.texts() == (texts{"[1]", "[\"much longer\"]", "[2]"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_batch_leaves_a_period_after_its_first_message) {
  node_harness harness(batch_type(), {{"period", "1s"}});
  harness.start();
  BOOST_TEST(!harness.tick_pending());
  harness.feed(json_message("1"));
  harness.advance(600ms);
  harness.feed(json_message("2"));
  harness.advance(399ms);
  BOOST_TEST(harness.texts().empty());
  BOOST_TEST(harness.held() == 2U);
  harness.advance(1ms);
  BOOST_TEST(harness.texts() == texts{"[1,2]"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
  BOOST_TEST(!harness.tick_pending());
}

BOOST_AUTO_TEST_CASE(the_period_starts_again_after_a_batch_left_by_count) {
  node_harness harness(batch_type(), {{"count", "2"}, {"period", "1s"}});
  harness.feed(json_message("1"));
  harness.advance(900ms);
  harness.feed(json_message("2"));
  harness.feed(json_message("3"));
  (void)harness.texts();
  harness.advance(900ms);
  BOOST_TEST(harness.texts().empty());
  harness.advance(100ms);
  BOOST_TEST(harness.texts() == texts{"[3]"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_tick_without_messages_emits_nothing) {
  node_harness harness(batch_type(), {{"count", "1"}, {"period", "1s"}});
  harness.feed(json_message("1"));
  (void)harness.texts();
  harness.advance(5s);
  BOOST_TEST(harness.texts().empty());
}

BOOST_AUTO_TEST_CASE(a_batch_has_the_trace_and_time_of_its_first_message) {
  node_harness harness(batch_type(), {{"count", "2"}});
  auto first = json_message("1");
  first.set_trace({3, 4});
  first.set_timestamp(77ns);
  harness.feed(std::move(first));
  harness.feed(json_message("2"));
  const auto out = harness.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST((out[0].trace() == trace_id{3, 4}));
  BOOST_TEST(out[0].timestamp().count() == 77);
}

BOOST_AUTO_TEST_CASE(a_long_period_alone_does_not_gather_without_end) {
  node_harness harness(batch_type(), {{"period", "1h"}});
  for (int i = 0; i < 100'001; ++i)
    harness.feed(json_message("1"));
  BOOST_TEST(harness.messages().size() == 1U);
  BOOST_TEST(harness.held() == 1U);
}

BOOST_AUTO_TEST_CASE(at_least_one_bound_is_needed_and_each_must_be_sound) {
  BOOST_CHECK_THROW(node_harness(batch_type(), config_value{}), option_error);
  BOOST_CHECK_THROW(node_harness(batch_type(), {{"count", "0"}}), error);
  BOOST_CHECK_THROW(node_harness(batch_type(), {{"bytes", "0"}}), error);
  BOOST_CHECK_THROW(node_harness(batch_type(), {{"period", "0"}}), error);
  BOOST_CHECK_THROW(node_harness(batch_type(), {{"period", "10"}}), error);
}

BOOST_AUTO_TEST_SUITE_END()
