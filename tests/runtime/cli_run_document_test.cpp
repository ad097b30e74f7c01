#include "model/run/step_graph_reader.hpp"
#include "runtime/cli/run_document.hpp"
#include "tests/support/step_catalogs.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace sluice;

namespace {

std::string shown(const findings& found) {
  std::string all;
  for (const auto& one : found)
    all += to_string(one, "f") + "\n";
  return all;
}

/// Returns the document as compact JSON; it must be readable.
std::string read(const std::string& text, const std::string& file = "f.yaml") {
  const auto document = read_run_document(text, file);
  BOOST_TEST(shown(document.found) == "");
  BOOST_REQUIRE(document.value);
  return document.value->dump();
}

std::string complaints(const std::string& text, const std::string& file = "f.yaml") {
  return shown(read_run_document(text, file).found);
}

/// Returns everything that is wrong with a step graph, with places.
std::string graph_complaints(const std::string& text, const std::string& file = "f.yaml") {
  auto document = read_run_document(text, file);
  BOOST_REQUIRE(document.value);
  const auto kinds = test_steps();
  (void)read_step_graph(*document.value, "", kinds, document.found);
  document.places.locate(document.found);
  return shown(document.found);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_run_document)

BOOST_AUTO_TEST_CASE(yaml_and_json_say_the_same) {
  const std::string wanted =
      R"({"version":1,"steps":{"a":{"kind":"exec","params":{"argv":["echo","1"],"n":1.5,"deep":{"x":null,"y":true}}}}})";
  BOOST_TEST(
      read("version: 1\nsteps:\n  a:\n    kind: exec\n    params:\n      argv: [echo, '1']\n      n: 1.5\n"
           "      deep: {x: null, y: true}\n") == wanted);
  BOOST_TEST(read(wanted, "f.json") == wanted);
  BOOST_TEST(read(wanted, "-") == wanted);
}

BOOST_AUTO_TEST_CASE(a_plain_scalar_is_what_json_would_make_of_it) {
  BOOST_TEST(read("[1, -2, 1.5, 1e3, true, false, null, ~]") == "[1,-2,1.5,1000.0,true,false,null,null]");
  BOOST_TEST(read("[yes, no, on, 0x10, 007, 1_000, +1, .5, .inf, 10m, 2026-11-21, True]") ==
             R"(["yes","no","on","0x10","007","1_000","+1",".5",".inf","10m","2026-11-21","True"])");
  BOOST_TEST(read("['1', \"true\", 'null']") == R"(["1","true","null"])");
}

BOOST_AUTO_TEST_CASE(what_only_json_can_say_is_read_as_json) {
  BOOST_TEST(read(R"({"a":"\ud83c\udf75\/"})", "f.json") == "{\"a\":\"\U0001F375/\"}");
  BOOST_TEST(read("{\n\t\"a\":\t1\n}", "-") == R"({"a":1})");
  BOOST_TEST(read(R"({"a":18446744073709551615})") == R"({"a":18446744073709551615})");
}

BOOST_AUTO_TEST_CASE(json_behind_a_byte_order_mark_is_read_as_json) {
  BOOST_TEST(read("\xef\xbb\xbf{\"a\":\"\\ud83c\\udf75\"}") == "{\"a\":\"\U0001F375\"}");
}

BOOST_AUTO_TEST_CASE(yaml_with_braces_is_yaml) {
  BOOST_TEST(read("{version: 1, steps: {a: {kind: noop}}}") ==
             R"({"version":1,"steps":{"a":{"kind":"noop"}}})");
}

BOOST_AUTO_TEST_CASE(references_and_dollars_are_left_alone) {
  BOOST_TEST(read("a: ${steps.x.result}\nb: $${HOME}\nc: ${HOME}\n") ==
             R"({"a":"${steps.x.result}","b":"$${HOME}","c":"${HOME}"})");
}

BOOST_AUTO_TEST_CASE(what_is_no_document_is_a_finding) {
  for (const auto* nothing : {"", " \n\n", "# nothing\n  # at all\n"})
    BOOST_TEST(complaints(nothing) == "f: error: the text is empty [SYNTAX]\n");
  BOOST_TEST(complaints("a: [1, 2\n").find("[SYNTAX]") != std::string::npos);
  BOOST_TEST(complaints("a: 1\n---\nb: 2\n").find("f:2:1: error: a second document") == 0u);
  // A file that calls itself JSON is told what is wrong with it as JSON.
  BOOST_TEST(complaints("{\"a\": [1,}", "f.json").find("bad JSON at byte") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_document_of_nothing_is_null_and_no_graph) {
  for (const auto* nothing : {"~\n", "null\n", "---\n"}) {
    BOOST_TEST(read(nothing) == "null", nothing);
    BOOST_TEST(graph_complaints(nothing).find("error: ") != std::string::npos, nothing);
  }
}

BOOST_AUTO_TEST_CASE(a_bomb_of_aliases_is_refused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int n = 0; n < 10; ++n)
      text += (n == 0 ? "" : ", ") + before;
    text += "]\n";
  }
  BOOST_TEST(complaints(text).find("once aliases are expanded") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(findings_about_yaml_have_line_and_column) {
  BOOST_TEST(
      graph_complaints("version: 1\n"
                       "steps:\n"
                       "  build:\n"
                       "    kind: exce\n"
                       "    deps: [lint, tset]\n"
                       "    parms: {}\n"
                       "  lint:\n"
                       "    kind: noop\n"
                       "    timeout: soon\n") ==
      "f:4:11: error: steps.build.kind: there is no step kind 'exce' (did you mean 'exec'?) [UNKNOWN_KIND]\n"
      "f:5:18: error: steps.build.deps[1]: there is no step 'tset' [UNKNOWN_STEP]\n"
      "f:6:5: error: steps.build.parms: there is no 'parms' here (did you mean 'params'?) [UNKNOWN_OPTION]\n"
      "f:9:14: error: steps.lint.timeout: expected a duration such as \"30s\", in whole milliseconds, from 1 "
      "ms "
      "to 2592000 s, found \"soon\" [BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_reported_where_it_should_be) {
  BOOST_TEST(graph_complaints("version: 1\nsteps:\n  a: {deps: []}\n").find("f:3:3: error: steps.a.kind: ") ==
             0u);
  BOOST_TEST(graph_complaints("steps:\n  a: {kind: noop}\n").find("f: error: version: ") == 0u);
}

BOOST_AUTO_TEST_CASE(findings_about_json_have_line_and_column_too) {
  BOOST_TEST(graph_complaints("{\n \"version\": 1,\n \"steps\": {\n  \"a\": {\"kind\": \"noop\"},\n"
                              "  \"two words\": {\"kind\": \"noop\"}\n }\n}\n",
                              "f.json")
                 .find("f:5:3: error: steps[\"two words\"]: ") == 0u);
  BOOST_TEST(complaints("{\"a\": 1,\n \"a\": 2}", "f.json") ==
             "f:1:2: error: a: 'a' appears twice in one object; keep one [DUPLICATE_KEY]\n");
}

BOOST_AUTO_TEST_SUITE_END()
