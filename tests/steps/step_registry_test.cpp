#include "model/base/error.hpp"
#include "steps/function_step.hpp"
#include "tests/steps/step_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using nlohmann::ordered_json;

BOOST_FIXTURE_TEST_SUITE(step_kinds, step_scene)

BOOST_AUTO_TEST_CASE(the_built_in_kinds_are_there_with_their_pace_and_a_summary) {
  const auto names = steps.catalog().names();
  const std::vector<std::string> wanted = {"exec", "http", "noop", "sleep"};
  BOOST_TEST(names == wanted, boost::test_tools::per_element());
  BOOST_TEST((steps.find("noop")->pace == step_pace::immediate));
  BOOST_TEST((steps.find("sleep")->pace == step_pace::timed));
  BOOST_TEST((steps.find("exec")->pace == step_pace::blocking));
  BOOST_TEST((steps.find("http")->pace == step_pace::blocking));
  BOOST_TEST(steps.find("nop") == nullptr);
  for (const auto& name : names)
    BOOST_TEST(!steps.catalog().find(name)->summary.empty());
}

BOOST_AUTO_TEST_CASE(a_kind_is_added_once_and_whole) {
  BOOST_CHECK_EXCEPTION(register_builtin_steps(steps), error,
                        [](const error& trouble) { return trouble.code() == "duplicate_kind"; });
  step_type empty;
  empty.kind.name = "empty";
  BOOST_CHECK_THROW(steps.add(empty), internal_error);
  BOOST_TEST(steps.find("empty") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_noop_returns_what_it_is_told) {
  BOOST_TEST(run("noop", ordered_json::object()).result.dump() == "{}");
  BOOST_TEST(run("noop", {{"result", {1, 2}}}).result.dump() == "[1,2]");
  BOOST_TEST(run("noop", {{"result", nullptr}}).result.dump() == "null");
  BOOST_TEST((run("noop", {{"result", 5}}).status == attempt_status::succeeded));
}

BOOST_AUTO_TEST_CASE(a_noop_fails_when_it_is_told_to) {
  const auto final_one = run("noop", {{"fail", "no luck"}});
  BOOST_TEST((final_one.status == attempt_status::failed));
  BOOST_TEST(final_one.code == "noop_failed");
  BOOST_TEST(final_one.text == "no luck");
  BOOST_TEST(!final_one.retryable);
  BOOST_TEST(run("noop", {{"fail", "no luck"}, {"retryable", true}}).retryable);
}

BOOST_AUTO_TEST_CASE(a_sleep_knows_its_time_and_is_immediate_then) {
  const auto* const type = steps.find("sleep");
  BOOST_TEST((type->delay(json(ordered_json{{"for", "1m30s"}})) == 90s));
  BOOST_TEST((type->delay(json(ordered_json{{"for", "soon"}})) == 0ms));
  BOOST_TEST(run("sleep", {{"for", "12h"}}).result.dump() == "{}");
  const auto wrong = run("sleep", {{"for", "${left as it is}"}});
  BOOST_TEST(wrong.code == "bad_params");
  BOOST_TEST(!wrong.retryable);
}

BOOST_AUTO_TEST_CASE(params_of_noop_and_sleep_are_checked) {
  BOOST_TEST(mistake("noop", R"({"result": {"x": 1}, "fail": "y", "retryable": false})") == "");
  BOOST_TEST(mistake("noop", R"({"reslt": 1})") ==
             "steps.a.params.reslt: there is no 'reslt' here (did you mean 'result'?)");
  BOOST_TEST(mistake("noop", R"({"retryable": "yes"})") ==
             "steps.a.params.retryable: expected true or false, found \"yes\"");
  BOOST_TEST(mistake("noop", R"({"fail": ["x"]})") == "steps.a.params.fail: expected text, found [\"x\"]");
  BOOST_TEST(mistake("sleep", R"({"for": "250ms"})") == "");
  BOOST_TEST(contains(mistake("sleep", "{}"), "steps.a.params.for: it is missing; expected a duration"));
  BOOST_TEST(contains(mistake("sleep", R"({"for": 5})"), "steps.a.params.for: expected a duration"));
  BOOST_TEST(contains(mistake("sleep", R"({"for": "1us"})"), "in whole milliseconds"));
  BOOST_TEST(mistake("sleep", R"({"for": "${steps.b.result}"})") == "");
}

BOOST_AUTO_TEST_CASE(a_function_is_a_kind_of_step) {
  auto type = function_step("double", "Doubles a number.", [](step_context& context) {
    const auto number = context.params.value().at("number").get<int>();
    return attempt_outcome{attempt_status::succeeded, json(ordered_json(2 * number))};
  });
  BOOST_TEST((type.pace == step_pace::blocking));
  steps.add(std::move(type));
  BOOST_TEST(run("double", {{"number", 21}}).result.dump() == "42");
  BOOST_CHECK_THROW(run("double", ordered_json::object()), std::exception);
}

BOOST_AUTO_TEST_CASE(a_function_step_needs_a_function_and_no_time) {
  const auto is_bad_value = [](const error& trouble) { return trouble.code() == "bad_value"; };
  BOOST_CHECK_EXCEPTION(function_step("none", "", {}), error, is_bad_value);
  BOOST_CHECK_EXCEPTION(function_step(
                            "late", "", [](step_context&) { return attempt_outcome{}; }, step_pace::timed),
                        error, is_bad_value);
}

BOOST_AUTO_TEST_SUITE_END()
