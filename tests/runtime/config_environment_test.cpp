#include "model/config/yaml_document.hpp"
#include "runtime/config/environment.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

using namespace sluice;

namespace {

struct substituted {
  config_value root;
  findings found;
};

substituted substitute(const std::string& yaml, const std::map<std::string, std::string>& variables) {
  substituted result;
  const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  result.root = substitute_environment(read_yaml(yaml).root, lookup, result.found);
  return result;
}

std::string value(const std::string& scalar, const std::map<std::string, std::string>& variables = {}) {
  const auto result = substitute("a: '" + scalar + "'\n", variables);
  return result.root.find("a")->text();
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_environment)

BOOST_AUTO_TEST_CASE(a_variable_is_replaced_wherever_it_stands) {
  BOOST_TEST(value("${A}", {{"A", "x"}}) == "x");
  BOOST_TEST(value("/${A}/${B_2}.log", {{"A", "x"}, {"B_2", "y"}}) == "/x/y.log");
  BOOST_TEST(value("${A}", {{"A", ""}}) == "");
}

BOOST_AUTO_TEST_CASE(a_default_stands_in_for_a_variable_that_is_unset_or_empty) {
  BOOST_TEST(value("${A:-d e}") == "d e");
  BOOST_TEST(value("${A:-}") == "");
  BOOST_TEST(value("${A:-d}", {{"A", ""}}) == "d");
  BOOST_TEST(value("${A:-d}", {{"A", "x"}}) == "x");
}

BOOST_AUTO_TEST_CASE(what_a_variable_holds_is_not_looked_at_again) {
  BOOST_TEST(value("${A}", {{"A", "${B}"}, {"B", "no"}}) == "${B}");
}

BOOST_AUTO_TEST_CASE(a_doubled_dollar_before_a_brace_keeps_the_text) {
  BOOST_TEST(value("$${A}", {{"A", "x"}}) == "${A}");
}

BOOST_AUTO_TEST_CASE(other_dollars_are_left_alone) {
  for (const std::string text : {"$A", "^a$", ".x as $x | $x", "$$", "$__loc__", "${", "${}", "${1}",
                                 "${A-b}", "${A", "$ {A}", "${A:b}", "${A:+b}", "a{2}$"})
    BOOST_TEST(value(text, {{"A", "x"}}) == text);
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_not_set_is_a_finding_at_its_place) {
  const auto result =
      substitute("nodes:\n  read:\n    path: ${NOWHERE}\n    list: [a, '${HERE:?tell me}']\n", {});
  BOOST_REQUIRE(result.found.size() == 2u);
  BOOST_TEST(
      to_string(result.found[0], "f.yaml") ==
      "f.yaml:3:11: error: nodes.read.path: the environment variable 'NOWHERE' is not set; set it, or write "
      "${NOWHERE:-default} [BAD_VALUE]");
  BOOST_TEST(to_string(result.found[1], "f.yaml") ==
             "f.yaml:4:15: error: nodes.read.list[1]: the environment variable 'HERE' is not set: tell me "
             "[BAD_VALUE]");
}

BOOST_AUTO_TEST_CASE(keys_are_left_alone) {
  const auto result = substitute("${A}: 1\n", {{"A", "x"}});
  BOOST_TEST(result.root.find("${A}"));
}

BOOST_AUTO_TEST_CASE(a_number_from_the_environment_is_still_a_number) {
  const auto result = substitute("a: ${N}\n", {{"N", "10"}});
  BOOST_TEST(result.root.find("a")->text() == "10");
  BOOST_TEST(!result.root.find("a")->is_quoted());
}

BOOST_AUTO_TEST_SUITE_END()
