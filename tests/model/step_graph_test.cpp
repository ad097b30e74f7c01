#include "model/run/json_members.hpp"
#include "model/run/step_graph_reader.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/step_catalogs.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <set>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// Returns `CODE path` of each finding, in order.
std::vector<std::string> all_of(const findings& found) {
  std::vector<std::string> lines;
  for (const auto& one : found)
    lines.push_back(one.code + " " + one.path);
  return lines;
}

struct reading {
  findings found;
  std::optional<step_graph> graph;
};

reading read(std::string_view text, const step_graph_limits& limits = {}) {
  reading result;
  result.graph = parse_step_graph(text, test_steps(), result.found, limits);
  BOOST_TEST(result.graph.has_value() == !has_errors(result.found));
  return result;
}

/// Checks that the graph with these steps has exactly these findings.
void check(const std::string& steps, const std::vector<std::string>& expected) {
  const auto result = read(R"({"version": 1, "steps": )" + steps + "}");
  BOOST_TEST_CONTEXT(steps)
  BOOST_TEST(all_of(result.found) == expected, boost::test_tools::per_element());
}

std::string text_of_first(const std::string& text) {
  const auto result = read(text);
  return result.found.empty() ? "" : result.found.front().text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(step_graph_reading)

BOOST_AUTO_TEST_CASE(a_whole_graph_is_read) {
  const auto result = read(R"({"version": 1, "entry_step": "fetch", "steps": {
    "fetch": {"kind": "noop"},
    "build": {"kind": "exec", "deps": ["fetch"], "params": {"argv": ["make", "-j2"]}, "timeout": "1m30s",
              "retry": {"max_attempts": 3, "backoff": "fixed", "delay": "250ms", "max_delay": "2s",
                        "jitter": 0.5}}}})");
  BOOST_REQUIRE(result.graph);
  const auto& graph = *result.graph;
  BOOST_TEST(graph.entry_step.value() == "fetch");
  BOOST_REQUIRE(graph.steps.size() == 2u);
  BOOST_TEST(graph.steps[0].id == "fetch");
  BOOST_TEST(graph.steps[0].params.dump() == "{}");
  BOOST_TEST((graph.steps[0].retry == retry_policy{}));
  BOOST_TEST(!graph.steps[0].timeout);
  const auto& build = *graph.find("build");
  BOOST_TEST(build.kind == "exec");
  BOOST_TEST(build.deps == std::vector<std::string>{"fetch"}, boost::test_tools::per_element());
  BOOST_TEST(build.params.dump() == R"({"argv":["make","-j2"]})");
  BOOST_TEST((build.timeout == 90s));
  BOOST_TEST((build.retry == retry_policy{3, backoff_kind::fixed, 250ms, 2s, 0.5}));
  BOOST_TEST(graph.find("deploy") == nullptr);
}

BOOST_AUTO_TEST_CASE(the_persisted_form_reads_back_as_the_same_graph) {
  const auto text = R"({"version":1,"steps":{"a":{"kind":"noop"},"b":{"kind":"exec","deps":["a"],)"
                    R"("params":{"argv":["x"]},"retry":{"max_attempts":3,"backoff":"fixed","delay":"250ms",)"
                    R"("max_delay":"2s","jitter":0.5},"timeout":"90s"}},"entry_step":"a"})";
  const auto first = read(text);
  BOOST_REQUIRE(first.graph);
  BOOST_TEST(to_json(*first.graph).dump() == text);
  const auto second = read(to_json(*first.graph).dump());
  BOOST_REQUIRE(second.graph);
  BOOST_TEST((*first.graph == *second.graph));
  auto other = *second.graph;
  other.steps[1].timeout = 91s;
  BOOST_TEST(!(*first.graph == other));
}

BOOST_AUTO_TEST_CASE(a_delay_above_the_usual_limit_raises_the_limit) {
  const auto result = read(R"({"version":1,"steps":{"a":{"kind":"noop","retry":{"delay":"2h"}}}})");
  BOOST_REQUIRE(result.graph);
  BOOST_TEST((result.graph->steps[0].retry.max_delay == 2h));
  BOOST_TEST((*read(to_json(*result.graph).dump()).graph == *result.graph));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_json_is_one_finding_with_the_byte) {
  const auto result = read(R"({"version": 1, "steps": {)");
  BOOST_TEST(all_of(result.found) == std::vector<std::string>{"SYNTAX "}, boost::test_tools::per_element());
  BOOST_TEST(contains(result.found[0].text, "byte"));
}

BOOST_AUTO_TEST_CASE(the_document_has_a_version_and_steps) {
  using lines = std::vector<std::string>;
  const std::vector<std::pair<std::string, lines>> cases = {
      {"[]", {"BAD_VALUE "}},
      {"{}", {"BAD_VALUE version", "BAD_VALUE steps"}},
      {R"({"version": 2, "steps": {"a": {"kind": "noop"}}})", {"BAD_VALUE version"}},
      {R"({"version": "1", "steps": {"a": {"kind": "noop"}}})", {"BAD_VALUE version"}},
      {R"({"version": 1.0, "steps": {"a": {"kind": "noop"}}})", {"BAD_VALUE version"}},
      {R"({"version": 1, "steps": {}})", {"BAD_VALUE steps"}},
      {R"({"version": 1, "steps": []})", {"BAD_VALUE steps"}},
      {R"({"version": 1, "steps": [], "entry_step": "a"})", {"BAD_VALUE steps"}},
      {R"({"version": 1, "step": {}, "steps": {"a": {"kind": "noop"}}})", {"UNKNOWN_OPTION step"}},
  };
  for (const auto& [text, expected] : cases)
    BOOST_TEST_CONTEXT(text)
  BOOST_TEST(all_of(read(text).found) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unknown_field_or_kind_suggests_the_nearest) {
  BOOST_TEST(
      contains(text_of_first(R"({"version":1,"steps":{"a":{"kind":"noop","dep":[]}}})"), "mean 'deps'"));
  BOOST_TEST(contains(text_of_first(R"({"version":1,"steps":{"a":{"kind":"exce"}}})"), "mean 'exec'"));
  BOOST_TEST(contains(text_of_first(R"({"version":1,"steps":{"a":{"kind":"quux"}}})"), "exec, noop"));
  BOOST_TEST(
      contains(text_of_first(R"({"version":1,"steps":{"ab":{"kind":"noop","deps":["bb"]}}})"), "mean 'ab'"));
}

BOOST_AUTO_TEST_CASE(every_field_of_a_step_is_checked) {
  check(R"({"a": 7})", {"BAD_VALUE steps.a"});
  check(R"({"a": {}})", {"BAD_VALUE steps.a.kind"});
  check(R"({"a": {"kind": 7}})", {"BAD_VALUE steps.a.kind"});
  check(R"({"a": {"kind": "nope"}})", {"UNKNOWN_KIND steps.a.kind"});
  check(R"({"a": {"kind": "noop", "deps": "b"}})", {"BAD_VALUE steps.a.deps"});
  check(R"({"a": {"kind": "noop", "deps": [7]}})", {"BAD_VALUE steps.a.deps[0]"});
  check(R"({"a": {"kind": "noop", "params": []}})", {"BAD_VALUE steps.a.params"});
  check(R"({"a": {"kind": "noop", "extra": 1}})", {"UNKNOWN_OPTION steps.a.extra"});
  for (const auto* bad : {"30", "\"30\"", "\"0s\"", "\"-1s\"", "\"1us\"", "\"31d\"", "null"})
    check(R"({"a": {"kind": "noop", "timeout": )" + std::string(bad) + "}}", {"BAD_VALUE steps.a.timeout"});
}

BOOST_AUTO_TEST_CASE(every_field_of_a_retry_is_checked) {
  const auto with = [](const std::string& retry) {
    return R"({"a": {"kind": "noop", "retry": )" + retry + "}}";
  };
  check(with("3"), {"BAD_VALUE steps.a.retry"});
  check(with(R"({"attempts": 3})"), {"UNKNOWN_OPTION steps.a.retry.attempts"});
  for (const auto* bad : {"0", "-1", "1.5", "1001", "\"3\"", "18446744073709551615"})
    check(with(R"({"max_attempts": )" + std::string(bad) + "}"), {"BAD_VALUE steps.a.retry.max_attempts"});
  for (const auto* bad : {"\"linear\"", "1"})
    check(with(R"({"backoff": )" + std::string(bad) + "}"), {"BAD_VALUE steps.a.retry.backoff"});
  for (const auto* bad : {"-0.1", "1.1", "\"0.5\""})
    check(with(R"({"jitter": )" + std::string(bad) + "}"), {"BAD_VALUE steps.a.retry.jitter"});
  check(with(R"({"delay": 5})"), {"BAD_VALUE steps.a.retry.delay"});
  check(with(R"({"max_delay": "x"})"), {"BAD_VALUE steps.a.retry.max_delay"});
  check(with(R"({"delay": "10s", "max_delay": "5s"})"), {"BAD_VALUE steps.a.retry.max_delay"});
}

BOOST_AUTO_TEST_CASE(the_kind_checks_its_params_at_their_path) {
  check(R"({"a": {"kind": "exec"}})", {"BAD_VALUE steps.a.params.argv"});
  check(R"({"a": {"kind": "exec", "params": {"argv": []}}})", {"BAD_VALUE steps.a.params.argv"});
}

BOOST_AUTO_TEST_CASE(everything_wrong_is_found_at_once) {
  const auto result = read(R"({"version": 3, "entry_step": "x", "steps": {
    "a": {"kind": "exec", "timeout": 5},
    "2b": {"kind": "nope", "deps": ["zzz"]},
    "c": {"kind": "noop", "deps": ["d"], "color": "red"},
    "d": {"kind": "noop", "deps": ["c"], "params": {"t": "${HOME}"}}}})");
  const std::vector<std::string> expected = {"BAD_VALUE version",
                                             "BAD_VALUE steps.a.params.argv",
                                             "BAD_VALUE steps.a.timeout",
                                             "BAD_NAME steps[\"2b\"]",
                                             "UNKNOWN_KIND steps[\"2b\"].kind",
                                             "UNKNOWN_OPTION steps.c.color",
                                             "UNKNOWN_STEP steps[\"2b\"].deps[0]",
                                             "BAD_REFERENCE steps.d.params.t",
                                             "STEP_CYCLE steps.c.deps",
                                             "UNKNOWN_STEP entry_step"};
  BOOST_TEST(all_of(result.found) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_name_that_appears_twice_in_the_text_is_found) {
  const auto result = read(R"({"version": 1, "steps": {"a": {"kind": "noop"},
    "b": {"kind": "noop", "params": {"x": [1, {"y": 1, "\u0079": 2}]}}, "a": {"kind": "noop"}}})");
  const std::vector<std::string> expected = {"DUPLICATE_KEY steps.b.params.x[1].y", "DUPLICATE_KEY steps.a"};
  BOOST_TEST(all_of(result.found) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(limits_are_kept) {
  const std::string two =
      R"({"version":1,"steps":{"a":{"kind":"noop"},"b":{"kind":"noop","params":{"x":1}}}})";
  BOOST_TEST(read(two, {two.size(), 2, 7}).found.empty());
  BOOST_TEST(all_of(read(two, {two.size() - 1, 2, 7}).found).front() == "TOO_LARGE ");
  BOOST_TEST(all_of(read(two, {two.size(), 1, 7}).found).front() == "TOO_LARGE steps");
  BOOST_TEST(all_of(read(two, {two.size(), 2, 6}).found).front() == "TOO_LARGE steps.b.params");
}

BOOST_AUTO_TEST_CASE(a_graph_inside_a_document_has_its_path_there) {
  findings found;
  const auto document = json::parse(R"({"version": 1, "steps": {"a": {"kind": "nope"}}})");
  BOOST_TEST(!read_step_graph(document, "run_graph", test_steps(), found));
  BOOST_TEST(all_of(found) == std::vector<std::string>{"UNKNOWN_KIND run_graph.steps.a.kind"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_a_finding_not_a_crash) {
  const std::string deep(100'000, '[');
  BOOST_TEST(all_of(read(deep).found).front() == "SYNTAX ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(step_graph_links)

BOOST_AUTO_TEST_CASE(missing_and_repeated_dependencies_are_found) {
  check(R"({"a": {"kind": "noop", "deps": ["b"]}})", {"UNKNOWN_STEP steps.a.deps[0]"});
  check(R"({"a": {"kind": "noop"}, "b": {"kind": "noop", "deps": ["a", "a"]}})",
        {"BAD_VALUE steps.b.deps[1]"});
}

BOOST_AUTO_TEST_CASE(each_cycle_is_found_once_with_its_way) {
  check(R"({"a": {"kind": "noop", "deps": ["a"]}})", {"STEP_CYCLE steps.a.deps"});
  const auto result = read(R"({"version": 1, "steps": {
    "after": {"kind": "noop", "deps": ["y"]},
    "x": {"kind": "noop", "deps": ["y"]}, "y": {"kind": "noop", "deps": ["z"]},
    "z": {"kind": "noop", "deps": ["x"]},
    "p": {"kind": "noop", "deps": ["q"]}, "q": {"kind": "noop", "deps": ["p"]}}})");
  BOOST_TEST(all_of(result.found) ==
                 (std::vector<std::string>{"STEP_CYCLE steps.x.deps", "STEP_CYCLE steps.p.deps"}),
             boost::test_tools::per_element());
  BOOST_TEST(contains(result.found[0].text, "x → y → z → x"), result.found[0].text);
}

BOOST_AUTO_TEST_CASE(the_entry_step_is_there_and_waits_for_none) {
  const std::string steps = R"("steps": {"a": {"kind": "noop"}, "b": {"kind": "noop", "deps": ["a"]}})";
  const auto with = [&](const std::string& entry) {
    return all_of(read(R"({"version": 1, "entry_step": )" + entry + ", " + steps + "}").found);
  };
  const std::vector<std::string> none;
  BOOST_TEST(with("\"a\"") == none, boost::test_tools::per_element());
  BOOST_TEST(with("null") == none, boost::test_tools::per_element());
  BOOST_TEST(with("\"c\"") == std::vector<std::string>{"UNKNOWN_STEP entry_step"},
             boost::test_tools::per_element());
  BOOST_TEST(with("\"b\"") == std::vector<std::string>{"BAD_VALUE entry_step"},
             boost::test_tools::per_element());
  BOOST_TEST(with("7") == std::vector<std::string>{"BAD_VALUE entry_step"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reference_must_name_a_step_before) {
  const auto steps = [](const std::string& deps, const std::string& text) {
    return R"({"a": {"kind": "noop"}, "b": {"kind": "noop", "deps": ["a"]}, "c": {"kind": "noop", "deps": )" +
           deps + R"(, "params": {"list": [1, ")" + text + R"("]}}})";
  };
  check(steps("[\"a\"]", "${steps.a.result.x}"), {});
  check(steps("[\"b\"]", "${steps.a.result.x}"), {});
  check(steps("[\"b\"]", "$${steps.c.result.x}"), {});
  check(steps("[\"a\"]", "${steps.b.result}"), {"BAD_REFERENCE steps.c.params.list[1]"});
  check(steps("[]", "${steps.c.result}"), {"BAD_REFERENCE steps.c.params.list[1]"});
  check(steps("[]", "${steps.aa.result}"), {"UNKNOWN_STEP steps.c.params.list[1]"});
  check(steps("[]", "${steps.a"), {"BAD_REFERENCE steps.c.params.list[1]"});
}

BOOST_AUTO_TEST_CASE(a_thousand_steps_in_a_chain_are_read) {
  std::string steps;
  for (int i = 0; i < 1000; ++i)
    steps += (i == 0 ? "{\"s0\"" : ",\"s" + std::to_string(i) + "\"") + R"(:{"kind":"noop","deps":[)" +
             (i == 0 ? "" : "\"s" + std::to_string(i - 1) + "\"") + "]}";
  const auto result = read(R"({"version":1,"steps":)" + steps + "}}");
  BOOST_REQUIRE(result.graph);
  BOOST_TEST(result.graph->steps.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_kind_is_added_once_and_by_a_good_name) {
  auto catalog = test_steps();
  BOOST_CHECK_EXCEPTION(catalog.add({"noop"}), error,
                        [](const error& trouble) { return trouble.code() == "duplicate_kind"; });
  BOOST_CHECK_EXCEPTION(catalog.add({"two words"}), error,
                        [](const error& trouble) { return trouble.code() == "bad_name"; });
  BOOST_TEST(catalog.names() == (std::vector<std::string>{"exec", "noop"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
