#include "model/config/options.hpp"
#include "model/message/error_record.hpp"
#include "nodes/jq/jq_order.hpp"
#include "nodes/jq/jq_program.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(jq_test)

using sluice::jq_program;
using sluice::testing::json_message;
using sluice::testing::text_message;

namespace {

std::vector<std::string> results(const std::string& program, const sluice::message& input) {
  std::vector<std::string> all;
  jq_program(program, "jq").run(input, [&](const sluice::json& one) { all.push_back(one.dump()); });
  return all;
}

std::string result(const std::string& program, const std::string& input) {
  const auto all = results(program, json_message(input));
  BOOST_REQUIRE_EQUAL(all.size(), 1U);
  return all.front();
}

/// The text with which `program` is refused, or an empty string.
std::string refusal(const std::string& program) {
  try {
    (void)jq_program(program, "where");
    return "";
  } catch (const sluice::option_error& refused) {
    BOOST_TEST(refused.option() == "where");
    return refused.what();
  }
}

bool refused_as_unsafe(const std::string& program) {
  return refusal(program).find("may not run here") != std::string::npos;
}

std::string failure(const std::string& program, const sluice::message& input) {
  try {
    (void)results(program, input);
    return "";
  } catch (const sluice::error& failed) {
    BOOST_TEST(failed.code() == "jq_error");
    return failed.what();
  }
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

BOOST_AUTO_TEST_CASE(simple_programs_run_natively_and_others_in_libjq) {
  for (const auto* program : {".", ".a", ".a.b.\"c d\"", ".[\"a\"]", ".a[0].b", ".[-1]", ".status >= 500",
                              ".a == \"x\" and (.b | not)", "select(.a > 1)", "{a, b: .c, \"d\": 1}", "null",
                              "-1.5", "{host, ok: (.status < 400)}", "empty", ".a # a comment"})
    BOOST_TEST(jq_program(program, "jq").is_native(), program << " should be native");
  for (const auto* program :
       {".a[]", ".a + 1", "length", ".a?", ".a // 1", "[.a]", ".a, .b", "\"\\(.a)\"", ".[1:2]", "{(.a): 1}",
        ".. | numbers", ".a as $x | $x", "@text", ".[1.5]", "if . then 1 else 2 end"})
    BOOST_TEST(!jq_program(program, "jq").is_native(), program << " should run in libjq");
}

// A string that is not closed is refused too; it is not here because libjq 1.6 then leaks its text.
BOOST_AUTO_TEST_CASE(a_bad_program_is_refused_in_jqs_own_words) {
  const auto text = refusal(".a ==");
  BOOST_TEST_INFO(text);
  BOOST_TEST(text.find("'.a ==' is not a jq program: syntax error, unexpected $end") == 0U);
  BOOST_TEST(text.find('\n') == std::string::npos);
  BOOST_TEST(refusal("nosuch(1)").find("nosuch/1 is not defined") != std::string::npos);
  for (const auto* program : {".a == 1 == 2", "1 .", "{a: 1 + 1}", "{if}", ".[", "(.a", ".a)", "1.2.3",
                              "\"\\q\"", ".a.[0]", "true(1)", "select", "{a: .b == 1}", "{1: 2}", ". a"})
    BOOST_TEST(!refusal(program).empty(), program << " should be refused");
  BOOST_TEST(!refusal(std::string(".a\0.b", 5)).empty());
}

BOOST_AUTO_TEST_CASE(a_program_that_reaches_outside_is_refused) {
  for (const auto* program : {"env",
                              "env.HOME",
                              ".a | env",
                              "$ENV",
                              "$ENV.HOME",
                              "$ ENV",
                              "$ # x\n ENV",
                              "input",
                              "[inputs]",
                              "input_filename",
                              "input_line_number",
                              "halt",
                              "halt_error",
                              "\"x\" | halt_error(1)",
                              "debug",
                              "stderr",
                              "get_search_list",
                              "import \"a\" as a; .",
                              "include \"a\"; .",
                              "\"a\" | modulemeta",
                              "$__prog_args",
                              "\"\\(env)\"",
                              "\"a\\(\"b\\(env)\")c\"",
                              "{a: env}",
                              "{a: 1, b: (env)}",
                              "{\"a\\(env)\": 1}",
                              "{(env.HOME): 1}",
                              "[1, env]",
                              "{a: [1, env]}",
                              "{a: \"\\({x: 1}, env)\"}",
                              "{a: if . then 1, env else 2 end}",
                              "1.env",
                              "..env",
                              ". env",
                              "..|env",
                              "m::env",
                              "{a:1}|env",
                              "@base64 \"\\(env)\"",
                              "def f: env; f",
                              "first(inputs)",
                              "[.[] | input]",
                              "#\renv\n"})
    BOOST_TEST(refused_as_unsafe(program), program << " should be refused as unsafe");
}

BOOST_AUTO_TEST_CASE(names_that_only_look_dangerous_are_allowed) {
  for (const auto* program :
       {".env", ".a.input", "{env: 1}", "{env}", "{a: 1, env: .b, input}", "{import: 1, debug: 2}",
        ".[\"env\"]", "\"env input\"", "# env\n.", ". as $env | $env", "{\"env\": 1}", "{$__loc__}",
        ". as {env: $x} | $x", "\"\\\\(env)\"", "environment // 1 | .", "{a: \"\\({env: 1})\"}"})
    BOOST_TEST(!refused_as_unsafe(program), program << " should be allowed");
}

BOOST_AUTO_TEST_CASE(a_program_may_have_any_number_of_results) {
  const auto input = json_message(R"({"a":[1,2,3]})");
  BOOST_TEST(results(".a[]", input) == (std::vector<std::string>{"1", "2", "3"}),
             boost::test_tools::per_element());
  BOOST_TEST(results("empty", input).empty());
  BOOST_TEST(results(".a[] | empty", input).empty());
}

BOOST_AUTO_TEST_CASE(first_and_test_look_at_the_first_result_only) {
  const auto input = json_message("[null,1]");
  jq_program each(".[]", "jq");
  BOOST_TEST(each.first(input)->value().is_null());
  BOOST_TEST(!each.test(input));
  BOOST_TEST(!jq_program("empty", "jq").first(input).has_value());
  BOOST_TEST(!jq_program("empty", "jq").test(input));
  BOOST_TEST(jq_program("repeat(1)", "jq").test(input));
  BOOST_TEST(jq_program("1, error(\"later\")", "jq").test(input));
}

BOOST_AUTO_TEST_CASE(keys_are_strings_as_they_are_and_other_values_compact) {
  const auto input = json_message(R"({"a":"x y","b":[1, 2],"c":null})");
  BOOST_TEST(jq_program(".a", "jq").key(input) == "x y");
  BOOST_TEST(jq_program(".b", "jq").key(input) == "[1,2]");
  BOOST_TEST(jq_program(".c", "jq").key(input) == "null");
  BOOST_TEST(jq_program("[.b[]|.+1]", "jq").key(input) == "[2,3]");
  BOOST_TEST(jq_program("empty", "jq").key(input).empty());
  BOOST_TEST(jq_program(".", "jq").key(text_message("a\xFF")) == "a\xFF");
}

BOOST_AUTO_TEST_CASE(numbers_are_given_only_for_numbers) {
  const auto input = json_message(R"({"a":2.5,"b":"2","c":18446744073709551615})");
  BOOST_TEST(jq_program(".a", "jq").number(input).value() == 2.5);
  BOOST_TEST(jq_program(".a * 2", "jq").number(input).value() == 5.0);
  BOOST_TEST(jq_program(".c", "jq").number(input).value() == 18446744073709551615.0);
  BOOST_TEST(!jq_program(".b", "jq").number(input).has_value());
  BOOST_TEST(!jq_program("empty", "jq").number(input).has_value());
}

BOOST_AUTO_TEST_CASE(text_is_a_json_string) {
  BOOST_TEST(jq_program(". == \"hello\"", "jq").test(text_message("hello")));
  BOOST_TEST(results("length", text_message("héé")) == (std::vector<std::string>{"3"}),
             boost::test_tools::per_element());
  BOOST_TEST(results("ascii_downcase", text_message("A\xFF")).front() == "\"a\xEF\xBF\xBD\"");
  BOOST_TEST(failure(".a", text_message("x")) == "Cannot index string with string \"a\"");
}

BOOST_AUTO_TEST_CASE(an_error_message_is_the_object_that_people_see) {
  sluice::message original(sluice::json::parse(R"({"id":9007199254740993})"));
  sluice::message failed(sluice::error_record{"bad_json", "trouble", "parse", original},
                         sluice::message_kind::error);
  failed.set_trace({1, 2});
  BOOST_TEST(jq_program(".error.code == \"bad_json\"", "jq").test(failed));
  BOOST_TEST(results(".original.id", failed).front() == "9007199254740993");
  BOOST_TEST(results("[.error.message, .error.node, .error.trace_id]", failed).front() ==
             R"(["trouble","parse","00000000000000010000000000000002"])");
}

BOOST_AUTO_TEST_CASE(c_plus_plus_values_are_json_values) {
  BOOST_TEST(results(". + 1", sluice::message(41)).front() == "42");
  BOOST_TEST(jq_program(". == true", "jq").test(sluice::message(true)));
}

BOOST_AUTO_TEST_CASE(an_untouched_input_comes_back_as_the_same_document) {
  const auto input = json_message(R"({"a":1.0,"id":9007199254740993})");
  const auto* document = &input.get<sluice::json>().value();
  for (const auto* program : {".", "select(.a == 1)", "select(.a + 1 == 2)", "if .a then . else empty end"})
    BOOST_TEST(&jq_program(program, "jq").first(input)->value() == document, program << " should not copy");
}

BOOST_AUTO_TEST_CASE(integers_beyond_2_to_the_53_survive_libjq_unless_computed_with) {
  const auto input = R"({"id":9007199254740993,"n":-9223372036854775808,"u":18446744073709551615})";
  BOOST_TEST(result("[.id, .n, .u]", input) ==
             "[9007199254740993,-9223372036854775808,18446744073709551615]");
  BOOST_TEST(result(".id + 2", input) == "9007199254740994");
}

BOOST_AUTO_TEST_CASE(large_integers_that_round_alike_are_never_confused) {
  BOOST_TEST(result("[.a, .b]", R"({"a":9007199254740992,"b":9007199254740993})") ==
             "[9007199254740992,9007199254740992]");
}

BOOST_AUTO_TEST_CASE(whole_results_are_integers_and_others_are_not) {
  BOOST_TEST(result("[.a * 2, .a / 4, 1e3, 1e18, 1e300, -(0)]", R"({"a":1})") ==
             "[2,0.25,1000,1000000000000000000,1e+300,-0.0]");
  BOOST_TEST(result("[nan]", "1") == "[null]");
}

BOOST_AUTO_TEST_CASE(members_keep_their_order_through_libjq) {
  BOOST_TEST(result(".c = 3 | del(.a) | .b.x |= 1", R"({"z":1,"a":2,"b":{"y":0},"k":null})") ==
             R"({"z":1,"b":{"y":0,"x":1},"k":null,"c":3})");
}

BOOST_AUTO_TEST_CASE(strings_of_any_characters_pass_through_libjq) {
  BOOST_TEST(result("[.[]]", R"({"a":"\u0000é😀\n"})") == R"(["\u0000é😀\n"])");
  BOOST_TEST(result("map_values(.)", R"({"k\u0000":1})") == R"({"k\u0000":1})");
}

BOOST_AUTO_TEST_CASE(a_program_that_fails_says_what_jq_says) {
  BOOST_TEST(failure(".a", json_message("5")) == "Cannot index number with string \"a\"");
  BOOST_TEST(failure(".[] + 1", json_message("5")) == "Cannot iterate over number (5)");
  BOOST_TEST(failure("error(\"mine\")", json_message("5")) == "mine");
  BOOST_TEST(failure("error({a: 1})", json_message("5")) == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(a_program_works_again_after_it_failed_or_was_left_early) {
  jq_program program(".[] | if . == 0 then error(\"zero\") else . end", "jq");
  BOOST_CHECK_THROW(program.run(json_message("[1,0]"), [](const auto&) {}), sluice::error);
  BOOST_TEST(program.first(json_message("[7,8,9]"))->dump() == "7");
  BOOST_CHECK_THROW(
      program.run(json_message("[1,2]"), [](const auto&) { throw std::runtime_error("taker"); }),
      std::runtime_error);
  BOOST_TEST(program.first(json_message("[3]"))->dump() == "3");
}

BOOST_AUTO_TEST_CASE(results_that_never_end_stop) {
  std::size_t count = 0;
  jq_program program("repeat(1)", "jq");
  BOOST_CHECK_EXCEPTION(program.run(json_message("1"), [&](const auto&) { ++count; }), sluice::error,
                        [](const auto& failed) { return failed.code() == "jq_error"; });
  BOOST_TEST(count == 1'000'000U);
}

BOOST_AUTO_TEST_CASE(deep_documents_pass_and_deeper_results_are_refused) {
  BOOST_TEST(result("[.[0]] | .[0]", nested(127)) == nested(126));
  BOOST_TEST(failure("[.]|.", json_message(nested(128))).find("nested deeper than 128") != std::string::npos);
  BOOST_TEST(failure("reduce range(1000) as $i (.; [.])", json_message("1")).find("nested deeper") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_long_or_deep_program_is_left_to_libjq) {
  std::string path;
  for (int count = 0; count < 1500; ++count)
    path += ".a";
  BOOST_TEST(!jq_program::runs_natively(path));
  BOOST_TEST(!jq_program::runs_natively(std::string(100'000, '(') + "." + std::string(100'000, ')')));
  BOOST_TEST(result(path, "null") == "null");
}

BOOST_AUTO_TEST_CASE(a_moved_program_still_runs) {
  jq_program first(".a", "jq");
  jq_program second(std::move(first));
  BOOST_TEST(second.test(json_message(R"({"a":1})")));
}

BOOST_AUTO_TEST_SUITE_END()
