#include "model/message/json.hpp"
#include "nodes/stream/aggregate.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using testing::json_message;
using testing::node_harness;
using testing::text_message;

namespace {

using texts = std::vector<std::string>;

void feed_all(node_harness& harness, const texts& documents) {
  for (const auto& one : documents)
    harness.feed(json_message(one));
}

texts aggregated(const std::vector<std::pair<std::string, std::string>>& options, const texts& documents) {
  node_harness harness(aggregate_type(), options);
  harness.start();
  feed_all(harness, documents);
  harness.end();
  return harness.texts();
}

/// The failure of the only message, of which nothing else is left.
node_harness::failure failure_of(const std::vector<std::pair<std::string, std::string>>& options,
                                 const std::string& document) {
  node_harness harness(aggregate_type(), options);
  harness.start();
  harness.feed(json_message(document));
  auto failed = harness.failures();
  BOOST_REQUIRE_EQUAL(failed.size(), 1U);
  BOOST_TEST(failed[0].original.get<json>().dump() == document);
  BOOST_TEST(harness.held() == 0U);
  return failed[0];
}

} // namespace

BOOST_AUTO_TEST_SUITE(stream_aggregate)

BOOST_AUTO_TEST_CASE(messages_are_counted_per_key_in_the_order_in_which_keys_came) {
  BOOST_TEST(aggregated({{"key", ".h"}, {"op", "count"}}, {R"({"h":"b"})", R"({"h":"a"})", R"({"h":"b"})"}) ==
                 (texts{R"({"key":"b","count":2})", R"({"key":"a","count":1})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_figure_has_the_name_of_its_operation) {
  const texts documents{R"({"k":1,"v":4})", R"({"k":1,"v":2})"};
  const auto figure = [&](const char* op) {
    return aggregated({{"key", ".k"}, {"op", op}, {"value", ".v"}}, documents).at(0);
  };
  BOOST_TEST(figure("sum") == R"({"key":1,"sum":6})");
  BOOST_TEST(figure("min") == R"({"key":1,"min":2})");
  BOOST_TEST(figure("max") == R"({"key":1,"max":4})");
  BOOST_TEST(figure("mean").find(R"({"key":1,"mean":3)") == 0U);
  // Of two values the lower one has the ranks of all three percentiles.
  for (const std::string op : {"p50", "p95", "p99"})
    BOOST_TEST(figure(op.c_str()).find(R"({"key":1,")" + op + R"(":2)") == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_key_there_is_one_group_also_when_nothing_came) {
  BOOST_TEST(aggregated({{"op", "count"}}, {"1", "2"}) == texts{R"({"count":2})"},
             boost::test_tools::per_element());
  BOOST_TEST(aggregated({{"op", "count"}}, {}) == texts{R"({"count":0})"}, boost::test_tools::per_element());
  BOOST_TEST(aggregated({{"op", "max"}, {"value", "."}}, {}) == texts{R"({"max":null})"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(with_a_key_nothing_comes_of_nothing) {
  BOOST_TEST(aggregated({{"key", "."}, {"op", "count"}}, {}).empty());
}

BOOST_AUTO_TEST_CASE(keys_may_be_any_value_and_stay_as_they_are) {
  BOOST_TEST(aggregated({{"key", ".k"}, {"op", "count"}},
                        {R"({"k":1})", R"({"k":"1"})", R"({})", R"({"k":[1,{"a":null}]})", R"({"k":false})",
                         R"({"k":1.0})"}) ==
                 (texts{R"({"key":1,"count":2})", R"({"key":"1","count":1})", R"({"key":null,"count":1})",
                        R"({"key":[1,{"a":null}],"count":1})", R"({"key":false,"count":1})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(text_is_a_string) {
  node_harness harness(aggregate_type(), {{"key", "."}, {"op", "count"}});
  harness.start();
  harness.feed(text_message("a"));
  harness.feed(text_message("a"));
  harness.end();
  BOOST_TEST(harness.texts() == texts{R"({"key":"a","count":2})"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(messages_folded_and_not_told_are_held) {
  node_harness harness(aggregate_type(), {{"op", "count"}});
  harness.start();
  feed_all(harness, {"1", "2", "3"});
  BOOST_TEST(harness.held() == 3U);
  BOOST_TEST(!harness.tick_pending());
  harness.end();
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(a_period_tells_the_keys_that_changed_with_their_totals) {
  node_harness harness(aggregate_type(), {{"key", "."}, {"op", "count"}, {"emit", "10s"}});
  harness.start();
  feed_all(harness, {"1", "2", "1"});
  harness.advance(9s);
  BOOST_TEST(harness.texts().empty());
  harness.advance(1s);
  BOOST_TEST(harness.texts() == (texts{R"({"key":1,"count":2})", R"({"key":2,"count":1})"}),
             boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
  harness.advance(1s);
  feed_all(harness, {"2"});
  BOOST_TEST(harness.held() == 1U);
  harness.advance(9s);
  BOOST_TEST(harness.texts() == texts{R"({"key":2,"count":2})"}, boost::test_tools::per_element());
  harness.end();
  BOOST_TEST(harness.texts() == (texts{R"({"key":1,"count":2})", R"({"key":2,"count":2})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(periods_count_from_the_start_and_an_idle_node_asks_for_no_tick) {
  node_harness harness(aggregate_type(), {{"op", "count"}, {"emit", "10s"}});
  harness.start();
  BOOST_TEST(!harness.tick_pending());
  harness.advance(24s);
  feed_all(harness, {"1"});
  BOOST_TEST(harness.tick_pending());
  harness.advance(5s);
  BOOST_TEST(harness.texts().empty());
  harness.advance(1s);
  BOOST_TEST(harness.texts() == texts{R"({"count":1})"}, boost::test_tools::per_element());
  BOOST_TEST(!harness.tick_pending());
}

BOOST_AUTO_TEST_CASE(a_program_that_fails_is_an_error_with_the_original) {
  BOOST_TEST(failure_of({{"key", ".a.b"}, {"op", "count"}}, R"({"a":1})").code == "jq_error");
  BOOST_TEST(failure_of({{"op", "sum"}, {"value", ".a.b"}}, R"({"a":1})").code == "jq_error");
}

BOOST_AUTO_TEST_CASE(a_program_that_gives_nothing_or_no_number_is_an_error) {
  BOOST_TEST(failure_of({{"key", "empty"}, {"op", "count"}}, "1").code == "no_key");
  BOOST_TEST(failure_of({{"op", "sum"}, {"value", "empty"}}, "1").code == "not_a_number");
  BOOST_TEST(failure_of({{"op", "sum"}, {"value", ".v"}}, R"({"w":1})").code == "not_a_number");
  const auto text = failure_of({{"op", "sum"}, {"value", ".v"}}, R"({"v":"12"})").text;
  BOOST_TEST(text.find("\"12\"") != std::string::npos);
  BOOST_TEST(text.find("tonumber") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_message_that_fails_leaves_no_group_behind) {
  BOOST_TEST(aggregated({{"key", ".k"}, {"op", "sum"}, {"value", ".v"}},
                        {R"({"k":1})", R"({"k":2,"v":5})"}) == texts{R"({"key":2,"sum":5})"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_new_key_over_the_bound_is_an_error_and_known_keys_go_on) {
  node_harness harness(aggregate_type(), {{"key", "."}, {"op", "count"}, {"max_keys", "2"}});
  harness.start();
  feed_all(harness, {"1", "2", "3", "1"});
  const auto failed = harness.failures();
  BOOST_REQUIRE_EQUAL(failed.size(), 1U);
  BOOST_TEST(failed[0].code == "too_many_keys");
  BOOST_TEST(failed[0].original.get<json>().dump() == "3");
  harness.end();
  BOOST_TEST(harness.texts() == (texts{R"({"key":1,"count":2})", R"({"key":2,"count":1})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bad_options_are_told_before_the_start) {
  const auto made = [](const std::vector<std::pair<std::string, std::string>>& options) {
    node_harness harness(aggregate_type(), options);
  };
  BOOST_CHECK_THROW(made({}), error);
  BOOST_CHECK_THROW(made({{"op", "median"}}), error);
  BOOST_CHECK_THROW(made({{"op", "count"}, {"max_keys", "0"}}), error);
  const auto names = [](const char* option) {
    return [option](const option_error& failed) { return failed.option() == option; };
  };
  BOOST_CHECK_EXCEPTION(made({{"op", "sum"}}), option_error, names("value"));
  BOOST_CHECK_EXCEPTION(made({{"op", "count"}, {"key", ".["}}), option_error, names("key"));
  BOOST_CHECK_EXCEPTION(made({{"op", "sum"}, {"value", "]"}}), option_error, names("value"));
  for (const auto* wrong : {"", "never", "0", "10", "-1s", "1us"})
    BOOST_CHECK_EXCEPTION(made({{"op", "count"}, {"emit", wrong}}), option_error, names("emit"));
}

BOOST_AUTO_TEST_CASE(plain_paths_are_cooperative_and_heavier_jq_has_its_own_thread) {
  const auto type = aggregate_type();
  const auto execution = [&](const char* key, const char* value) {
    return type.execution_for(
        options(type.options, config_value::map({{"op", {}, config_value::scalar("sum")},
                                                 {"key", {}, config_value::scalar(key)},
                                                 {"value", {}, config_value::scalar(value)}})));
  };
  BOOST_TEST((execution(".a", ".b.c") == execution_kind::cooperative));
  BOOST_TEST((execution(".a", "[.b[] | tonumber] | add") == execution_kind::blocking));
  BOOST_TEST((execution("[.a | splits(\",\")] | sort", ".b") == execution_kind::blocking));
}

BOOST_AUTO_TEST_SUITE_END()
