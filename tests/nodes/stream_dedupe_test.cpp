#include "model/message/json.hpp"
#include "nodes/stream/dedupe.hpp"
#include "nodes/stream/lru_set.hpp"
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

BOOST_AUTO_TEST_SUITE(stream_dedupe)

BOOST_AUTO_TEST_CASE(the_first_of_each_key_passes) {
  node_harness harness(dedupe_type(), {{"key", ".id"}});
  for (const auto* sent :
       {R"({"id":1,"n":1})", R"({"id":2,"n":2})", R"({"id":1,"n":3})", R"({"id":2,"n":4})"})
    harness.feed(json_message(sent));
  BOOST_TEST(harness.texts() == (texts{R"({"id":1,"n":1})", R"({"id":2,"n":2})"}),
             boost::test_tools::per_element());
  BOOST_TEST(harness.discarded() == 0U);
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(the_whole_message_is_the_usual_key) {
  node_harness harness(dedupe_type(), config_value{});
  for (const auto* sent : {"a", "b", "a"})
    harness.feed(text_message(sent));
  BOOST_TEST(harness.texts() == (texts{"a", "b"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keys_are_compared_as_jq_compares_values) {
  node_harness harness(dedupe_type(), {{"key", ".k"}});
  for (const auto* sent : {R"({"k":1})", R"({"k":"1"})", R"({"k":1.0})", R"({"k":null})", R"({})",
                           R"({"k":{"a":1,"b":2}})", R"({"k":{"b":2,"a":1}})", R"({"k":"null"})"})
    harness.feed(json_message(sent));
  BOOST_TEST(harness.texts() == (texts{R"({"k":1})", R"({"k":"1"})", R"({"k":null})",
                                       R"({"k":{"a":1,"b":2}})", R"({"k":"null"})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_key_used_longest_ago_is_forgotten) {
  node_harness harness(dedupe_type(), {{"key", "."}, {"size", "2"}});
  for (const auto* sent : {"1", "2", "1", "3", "1", "2"})
    harness.feed(json_message(sent));
  // The second 1 makes 2 the oldest; 3 pushes it out, so the last 2 passes again.
  BOOST_TEST(harness.texts() == (texts{"1", "2", "3", "2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_key_passes_again_a_time_after_it_last_passed) {
  node_harness harness(dedupe_type(), {{"key", "."}, {"ttl", "10s"}});
  harness.feed(json_message("1"));
  harness.advance(9s);
  harness.feed(json_message("1"));
  BOOST_TEST(harness.texts().size() == 1U);
  harness.advance(1s);
  harness.feed(json_message("1"));
  BOOST_TEST(harness.texts().size() == 1U);
  harness.advance(9s);
  harness.feed(json_message("1"));
  BOOST_TEST(harness.texts().empty());
}

BOOST_AUTO_TEST_CASE(a_message_whose_key_fails_is_an_error_with_the_original) {
  node_harness harness(dedupe_type(), {{"key", ".a.b"}});
  harness.feed(json_message(R"({"a":1})"));
  BOOST_TEST(harness.texts().empty());
  const auto failed = harness.failures();
  BOOST_REQUIRE_EQUAL(failed.size(), 1U);
  BOOST_TEST(failed[0].code == "jq_error");
  BOOST_TEST(failed[0].original.get<json>().dump() == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(a_message_without_a_key_is_an_error) {
  node_harness harness(dedupe_type(), {{"key", "empty"}});
  harness.feed(json_message("1"));
  const auto failed = harness.failures();
  BOOST_REQUIRE_EQUAL(failed.size(), 1U);
  BOOST_TEST(failed[0].code == "no_key");
  BOOST_TEST(failed[0].original.get<json>().dump() == "1");
}

BOOST_AUTO_TEST_CASE(a_bad_program_or_bound_is_told_before_the_start) {
  BOOST_CHECK_THROW(node_harness(dedupe_type(), {{"key", ".["}}), option_error);
  BOOST_CHECK_THROW(node_harness(dedupe_type(), {{"size", "0"}}), error);
  BOOST_CHECK_THROW(node_harness(dedupe_type(), {{"ttl", "0"}}), error);
}

BOOST_AUTO_TEST_CASE(a_plain_path_is_cooperative_and_heavier_jq_has_its_own_thread) {
  const auto type = dedupe_type();
  const auto execution = [&](const char* key) {
    return type.execution_for(
        options(type.options, config_value::map({{"key", {}, config_value::scalar(key)}})));
  };
  BOOST_TEST((execution(".id") == execution_kind::cooperative));
  BOOST_TEST((execution("[.[] | tostring] | sort | join(\",\")") == execution_kind::blocking));
}

BOOST_AUTO_TEST_CASE(an_lru_set_keeps_its_size) {
  lru_set set(3, 0ns);
  for (int i = 0; i < 1000; ++i) {
    BOOST_TEST(set.add(std::string(100, 'x') + std::to_string(i), 0ns));
    BOOST_TEST(set.size() <= 3U);
  }
  BOOST_TEST(!set.add(std::string(100, 'x') + "997", 0ns));
  BOOST_TEST(set.add(std::string(100, 'x') + "996", 0ns));
}

BOOST_AUTO_TEST_SUITE_END()
