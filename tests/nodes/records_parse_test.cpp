#include "model/message/json.hpp"
#include "nodes/records/csv_parse.hpp"
#include "nodes/records/json_parse.hpp"
#include "nodes/records/logfmt_parse.hpp"
#include "nodes/records/regex_parse.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(records_parse_test)

using sluice::config_value;
using sluice::testing::node_harness;
using sluice::testing::text_message;

namespace {

using scalars = std::vector<std::pair<std::string, std::string>>;

/// Feeds `lines` and returns what came out; failures stay in the harness.
std::vector<std::string> feed(node_harness& parser, const std::vector<std::string>& lines) {
  for (const auto& line : lines)
    parser.feed(text_message(line));
  return parser.texts();
}

std::string parsed(const sluice::node_type& type, const scalars& given, const std::string& line) {
  node_harness parser(type, given);
  const auto out = feed(parser, {line});
  BOOST_REQUIRE_MESSAGE(out.size() == 1, "nothing came out for " << line);
  return out.front();
}

/// The failure for `line`, after checking that it carries the line untouched and nothing was emitted.
node_harness::failure refused(const sluice::node_type& type, const scalars& given, const std::string& line) {
  node_harness parser(type, given);
  BOOST_TEST(feed(parser, {line}).empty());
  auto failures = parser.failures();
  BOOST_REQUIRE_EQUAL(failures.size(), 1U);
  BOOST_TEST((failures.front().original.get<sluice::text>().view() == line));
  return failures.front();
}

std::string option_complaint(const sluice::node_type& type, const config_value& given) {
  try {
    node_harness parser(type, given);
    return "";
  } catch (const sluice::option_error& wrong) {
    return wrong.option() + ": " + wrong.what();
  }
}

config_value one_option(const std::string& name, config_value value) {
  return config_value::map({{name, {}, std::move(value)}});
}

config_value names(const std::vector<std::string>& all) {
  std::vector<config_value> items;
  for (const auto& one : all)
    items.push_back(config_value::scalar(one));
  return one_option("header", config_value::list(std::move(items)));
}

} // namespace

BOOST_AUTO_TEST_CASE(json_parse_gives_one_document_for_each_text) {
  node_harness parser(sluice::json_parse_type(), scalars{});
  BOOST_TEST(feed(parser, {R"({"b": 1, "a": [2]})", "3", " null "}) ==
                 (std::vector<std::string>{R"({"b":1,"a":[2]})", "3", "null"}),
             boost::test_tools::per_element());
  BOOST_TEST(parser.failures().empty());
}

BOOST_AUTO_TEST_CASE(json_parse_keeps_the_envelope) {
  node_harness parser(sluice::json_parse_type(), scalars{});
  auto in = text_message("{}");
  in.set_trace({5, 6});
  in.set_timestamp(std::chrono::nanoseconds{77});
  in.set_key(sluice::text("k"));
  parser.feed(std::move(in));
  const auto out = parser.messages();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST((out.front().trace() == sluice::trace_id{5, 6}));
  BOOST_TEST(out.front().timestamp().count() == 77);
  BOOST_TEST((out.front().key().view() == "k"));
}

BOOST_AUTO_TEST_CASE(json_parse_fails_with_the_original_and_goes_on) {
  const auto failure = refused(sluice::json_parse_type(), {}, R"({"a": })");
  BOOST_TEST(failure.code == "bad_json");
  BOOST_TEST(failure.text == "bad JSON at byte 6: expected a value, found '}'");
  BOOST_TEST(refused(sluice::json_parse_type(), {}, "").code == "bad_json");
  node_harness parser(sluice::json_parse_type(), scalars{});
  BOOST_TEST(feed(parser, {"1", "oops", "2"}) == (std::vector<std::string>{"1", "2"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(regex_parse_gives_the_named_groups_in_order) {
  BOOST_TEST(parsed(sluice::regex_parse_type(), {{"pattern", R"((?P<b>\w+) (\d+) (?P<a>\d+))"}},
                    "say hello 1 22 now") == R"({"b":"hello","a":"22"})");
}

BOOST_AUTO_TEST_CASE(regex_parse_tells_an_unused_group_from_an_empty_one) {
  const scalars given{{"pattern", "^(?P<a>x)?(?P<b>y*)$"}};
  BOOST_TEST(parsed(sluice::regex_parse_type(), given, "") == R"({"a":null,"b":""})");
  BOOST_TEST(parsed(sluice::regex_parse_type(), given, "xyy") == R"({"a":"x","b":"yy"})");
}

BOOST_AUTO_TEST_CASE(regex_parse_matches_bytes_that_are_not_utf8) {
  BOOST_TEST(parsed(sluice::regex_parse_type(), {{"pattern", "^(?P<all>.*)$"}}, "a\xFFz") ==
             "{\"all\":\"a\xEF\xBF\xBDz\"}");
  BOOST_TEST(parsed(sluice::regex_parse_type(), {{"pattern", "(?P<name>caf\xC3\xA9)"}},
                    "le caf\xC3\xA9 noir") == "{\"name\":\"caf\xC3\xA9\"}");
}

BOOST_AUTO_TEST_CASE(regex_parse_fails_on_what_does_not_match) {
  const auto failure = refused(sluice::regex_parse_type(), {{"pattern", "^(?P<n>\\d+)$"}}, "12a");
  BOOST_TEST(failure.code == "no_match");
  BOOST_TEST(failure.text == "the text does not match '^(?P<n>\\d+)$'");
}

BOOST_AUTO_TEST_CASE(regex_parse_refuses_a_pattern_that_cannot_work) {
  const auto type = sluice::regex_parse_type();
  BOOST_TEST(option_complaint(type, one_option("pattern", config_value::scalar("(?P<a>"))) ==
             "pattern: '(?P<a>' is not a pattern of RE2: missing ): (?P<a>");
  BOOST_TEST(
      option_complaint(type, one_option("pattern", config_value::scalar("(a)"))).find("no named group") !=
      std::string::npos);
  BOOST_CHECK_THROW(node_harness(type, scalars{}), sluice::error);
}

BOOST_AUTO_TEST_CASE(logfmt_parse_reads_plain_quoted_empty_and_bare_pairs) {
  BOOST_TEST(parsed(sluice::logfmt_parse_type(), {},
                    "  level=info msg=\"two \\\"words\\\"\\n\" took=12ms empty= \tcached") ==
             R"({"level":"info","msg":"two \"words\"\n","took":"12ms","empty":"","cached":true})");
  BOOST_TEST(parsed(sluice::logfmt_parse_type(), {}, "url=http://x/?a=b path=\"C:\\dir\"") ==
             R"({"url":"http://x/?a=b","path":"C:\\dir"})");
}

BOOST_AUTO_TEST_CASE(logfmt_parse_takes_the_last_of_pairs_with_one_name) {
  BOOST_TEST(parsed(sluice::logfmt_parse_type(), {}, "a=1 b=2 a=3") == R"({"a":"3","b":"2"})");
}

BOOST_AUTO_TEST_CASE(logfmt_parse_takes_time_in_proportion_to_a_hostile_line) {
  std::string line;
  for (int count = 0; count < 100'000; ++count)
    line += "k" + std::to_string(count) + "=v ";
  node_harness parser(sluice::logfmt_parse_type(), scalars{});
  parser.feed(text_message(line + "k77=last"));
  const auto out = parser.texts();
  BOOST_REQUIRE_EQUAL(out.size(), 1U);
  BOOST_TEST(out.front().find(R"("k76":"v","k77":"last","k78":"v")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(logfmt_parse_fails_on_what_is_not_logfmt) {
  const auto text_of = [](const std::string& line) {
    const auto failure = refused(sluice::logfmt_parse_type(), {}, line);
    BOOST_TEST(failure.code == "bad_logfmt");
    return failure.text;
  };
  BOOST_TEST(text_of("") == "bad logfmt at byte 0: there is no pair name=value");
  BOOST_TEST(text_of("   ") == "bad logfmt at byte 3: there is no pair name=value");
  BOOST_TEST(text_of("a=1 =2") == "bad logfmt at byte 4: a name is missing before '='");
  BOOST_TEST(text_of("a=\"open") == "bad logfmt at byte 2: a quoted value is not closed");
  BOOST_TEST(text_of("a=\"open\\") == "bad logfmt at byte 2: a quoted value is not closed");
  BOOST_TEST(text_of("a=\"x\"y") == "bad logfmt at byte 5: expected a space after the closing quote");
  BOOST_TEST(text_of("a=x\"y") == "bad logfmt at byte 3: a value with a quote in it must be quoted");
  BOOST_TEST(text_of("a\"b=1") == "bad logfmt at byte 1: a name must not contain a quote");
}

BOOST_AUTO_TEST_CASE(csv_parse_takes_the_names_from_the_first_line) {
  node_harness parser(sluice::csv_parse_type(), scalars{});
  BOOST_TEST(feed(parser, {"\xEF\xBB\xBFname,size\r", "a,1\r", "\"b, \"\"c\"\"\",\r"}) ==
                 (std::vector<std::string>{R"({"name":"a","size":"1"})", R"({"name":"b, \"c\"","size":""})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(csv_parse_without_header_gives_arrays) {
  BOOST_TEST(parsed(sluice::csv_parse_type(), {{"header", "false"}}, "a,,\"\"") == R"(["a","",""])");
  BOOST_TEST(parsed(sluice::csv_parse_type(), {{"header", "false"}}, "") == R"([""])");
  BOOST_TEST(parsed(sluice::csv_parse_type(), {{"header", "false"}}, "say \"hi\",\xFF") ==
             "[\"say \\\"hi\\\"\",\"\xEF\xBF\xBD\"]");
}

BOOST_AUTO_TEST_CASE(csv_parse_takes_names_from_the_configuration) {
  node_harness parser(sluice::csv_parse_type(), names({"x", "y"}));
  BOOST_TEST(feed(parser, {"1,2"}) == (std::vector<std::string>{R"({"x":"1","y":"2"})"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(csv_parse_separates_by_another_byte) {
  BOOST_TEST(parsed(sluice::csv_parse_type(), {{"header", "false"}, {"delimiter", ";"}}, "a,b;c") ==
             R"(["a,b","c"])");
  BOOST_TEST(parsed(sluice::csv_parse_type(), {{"header", "false"}, {"delimiter", "tab"}}, "a\t\"b\tc\"") ==
             R"(["a","b\tc"])");
}

BOOST_AUTO_TEST_CASE(csv_parse_fails_on_a_bad_line_and_keeps_its_header) {
  node_harness parser(sluice::csv_parse_type(), scalars{});
  BOOST_TEST(feed(parser, {"a,b", "1", "1,2,3", "\"open,2", "\"x\"y,2", "7,8"}) ==
                 (std::vector<std::string>{R"({"a":"7","b":"8"})"}),
             boost::test_tools::per_element());
  const auto failures = parser.failures();
  BOOST_REQUIRE_EQUAL(failures.size(), 4U);
  for (const auto& one : failures)
    BOOST_TEST(one.code == "bad_csv");
  BOOST_TEST(failures[0].text == "bad CSV: the line has 1 fields, but there are 2 names");
  BOOST_TEST(failures[2].text == "bad CSV: the quote at byte 0 is not closed on this line");
  BOOST_TEST(failures[3].text == "bad CSV at byte 3: expected ',' after the closing quote");
  BOOST_TEST((failures[1].original.get<sluice::text>().view() == "1,2,3"));
}

BOOST_AUTO_TEST_CASE(csv_parse_refuses_options_that_cannot_work) {
  const auto type = sluice::csv_parse_type();
  BOOST_TEST(option_complaint(type, one_option("header", config_value::scalar("yes"))) ==
             "header: expected true, false or a list of names, found 'yes'");
  BOOST_TEST(!option_complaint(type, one_option("header", config_value::list({}))).empty());
  BOOST_TEST(
      !option_complaint(type, one_option("header", config_value::list({config_value::list({})}))).empty());
  for (const auto* wrong : {"", ",,", "\"", "\n"})
    BOOST_TEST(!option_complaint(type, one_option("delimiter", config_value::scalar(wrong))).empty());
}

BOOST_AUTO_TEST_SUITE_END()
