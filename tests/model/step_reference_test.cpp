#include "model/base/error.hpp"
#include "model/run/step_reference.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

using namespace sluice;

namespace {

/// Results by step id.
using results = std::map<std::string, json, std::less<>>;

std::string substitute(const std::string& params, const results& known) {
  return substitute_references(json::parse(params),
                               [&](std::string_view step) {
                                 const auto found = known.find(step);
                                 return found == known.end() ? nullptr : &found->second;
                               })
      .dump();
}

const results built = {
    {"build", json::parse(R"({"exit_code": 0, "ok": true, "out": "a\"b", "none": null, "ratio": 0.5,
                              "big": 9007199254740993, "files": ["x", {"name": "y"}], "a-b": {"c_d": 1}})")},
    {"text", json::parse(R"("plain")")}};

std::string refusal(const std::string& text) {
  try {
    parse_step_template(text);
  } catch (const error& trouble) {
    BOOST_TEST(trouble.code() == "bad_reference");
    return trouble.what();
  }
  return "";
}

std::string trouble_of(const std::string& reference) {
  try {
    substitute("[\"" + reference + "\"]", built);
  } catch (const error& trouble) {
    BOOST_TEST(trouble.code() == "bad_reference");
    return trouble.what();
  }
  return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(step_references)

BOOST_AUTO_TEST_CASE(a_text_is_taken_apart) {
  const auto parts = parse_step_template("a ${steps.build.result.files.0} b");
  BOOST_REQUIRE(parts.size() == 3u);
  BOOST_TEST(std::get<std::string>(parts[0]) == "a ");
  BOOST_TEST((std::get<step_reference>(parts[1]) == step_reference{"build", {"files", "0"}}));
  BOOST_TEST(std::get<std::string>(parts[2]) == " b");
  BOOST_TEST(to_string(std::get<step_reference>(parts[1])) == "${steps.build.result.files.0}");
}

BOOST_AUTO_TEST_CASE(text_without_reference_stays_as_it_is) {
  for (const auto* text : {"", "plain", "$HOME", "cost: 5$", "{}", "$ {steps.a.result}", "}"})
    BOOST_TEST(substitute("{\"t\":\"" + std::string(text) + "\"}", {}) ==
               "{\"t\":\"" + std::string(text) + "\"}");
}

BOOST_AUTO_TEST_CASE(a_doubled_dollar_stands_for_the_text_itself) {
  BOOST_TEST(substitute(R"(["$${HOME}", "a$${x}b$${y"])", {}) == R"(["${HOME}","a${x}b${y"])");
  BOOST_TEST(!has_reference("$${steps.a.result}"));
  BOOST_TEST(has_reference("$${x} ${steps.a.result}"));
  BOOST_TEST(has_reference("${"));
  BOOST_TEST(!has_reference("$"));
}

BOOST_AUTO_TEST_CASE(a_string_that_is_one_reference_becomes_the_value_of_its_own_type) {
  const auto one = [](const std::string& member) {
    return substitute("{\"v\":\"${steps.build.result." + member + "}\"}", built);
  };
  BOOST_TEST(one("exit_code") == R"({"v":0})");
  BOOST_TEST(one("ok") == R"({"v":true})");
  BOOST_TEST(one("out") == R"({"v":"a\"b"})");
  BOOST_TEST(one("none") == R"({"v":null})");
  BOOST_TEST(one("ratio") == R"({"v":0.5})");
  BOOST_TEST(one("big") == R"({"v":9007199254740993})");
  BOOST_TEST(one("files") == R"({"v":["x",{"name":"y"}]})");
  BOOST_TEST(one("files.1.name") == R"({"v":"y"})");
  BOOST_TEST(one("a-b.c_d") == R"({"v":1})");
  BOOST_TEST(substitute(R"(["${steps.text.result}"])", built) == R"(["plain"])");
}

BOOST_AUTO_TEST_CASE(inside_a_longer_string_values_become_text) {
  BOOST_TEST(substitute(R"(["code ${steps.build.result.exit_code}, ${steps.build.result.out}!"])", built) ==
             R"(["code 0, a\"b!"])");
  BOOST_TEST(substitute(R"(["${steps.text.result}${steps.build.result.files}"])", built) ==
             R"(["plain[\"x\",{\"name\":\"y\"}]"])");
}

BOOST_AUTO_TEST_CASE(what_is_put_in_is_not_looked_at_again) {
  const results tricky = {{"a", json::parse(R"("${steps.build.result.out}")")}};
  BOOST_TEST(substitute(R"(["${steps.a.result}", "x${steps.a.result}"])", tricky) ==
             R"(["${steps.build.result.out}","x${steps.build.result.out}"])");
}

BOOST_AUTO_TEST_CASE(every_string_value_is_replaced_but_no_name) {
  BOOST_TEST(substitute(R"({"${x}":{"y":[["${steps.text.result}"]]},"n":1})", built) ==
             R"({"${x}":{"y":[["plain"]]},"n":1})");
}

BOOST_AUTO_TEST_CASE(other_forms_are_refused_with_the_way_to_write_them) {
  for (const auto* text : {"${}", "${HOME}", "${steps}", "${steps.a}", "${steps.a.params.x}",
                           "${steps.1a.result}", "${steps.a.result.}", "${steps.a.result..x}",
                           "${steps.a.result.x y}", "${ steps.a.result}", "${steps.a.result[0]}"})
    BOOST_TEST(contains(refusal(text), "$" + std::string(text)), text << ": " << refusal(text));
  BOOST_TEST(contains(refusal("x ${steps.a.result"), "closing brace"));
  BOOST_TEST(refusal("${steps.a.result}") == "");
}

BOOST_AUTO_TEST_CASE(a_value_that_is_not_there_is_an_error_that_says_what_is) {
  BOOST_TEST(contains(trouble_of("${steps.deploy.result}"), "step 'deploy' has no result"));
  BOOST_TEST(contains(trouble_of("${steps.build.result.exit_cod}"), "did you mean 'exit_code'"));
  BOOST_TEST(contains(trouble_of("${steps.build.result.files.2}"), "2 items"));
  BOOST_TEST(contains(trouble_of("${steps.build.result.files.x}"), "2 items"));
  BOOST_TEST(contains(trouble_of("${steps.build.result.files.-1}"), "2 items"));
  BOOST_TEST(contains(trouble_of("${steps.build.result.out.x}"), "string, which has no members"));
}

BOOST_AUTO_TEST_SUITE_END()
