#include "steps/exec/exec_params.hpp"
#include "steps/exec/guard_order.hpp"
#include "tests/steps/step_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace sluice;
using detail::references;

namespace {

exec_params read(std::string_view params) {
  findings found;
  auto result = read_exec_params(json::parse(params), "params", references::are_replaced, found);
  BOOST_TEST_REQUIRE(found.empty());
  return result;
}

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(exec_step_params, step_scene)

BOOST_AUTO_TEST_CASE(all_params_are_read) {
  const auto params = read(R"({"argv": ["make", "-j", 2], "cwd": "/tmp", "env": {"A": "b", "N": 1.5},
    "inherit_env": ["LANG"], "stdin": "in", "output_limit": "2KiB", "success_codes": [0, 3], "trim": true})");
  BOOST_TEST(params.argv == (texts{"make", "-j", "2"}), boost::test_tools::per_element());
  BOOST_TEST(params.cwd == "/tmp");
  BOOST_TEST(params.env.size() == 2U);
  BOOST_TEST(params.env[1].second == "1.5");
  BOOST_TEST(params.inherit_env == (texts{"LANG"}), boost::test_tools::per_element());
  BOOST_TEST(params.input.value() == "in");
  BOOST_TEST(params.output_limit == 2048U);
  BOOST_TEST(params.success_codes == (std::vector{0, 3}), boost::test_tools::per_element());
  BOOST_TEST(params.trim);
}

BOOST_AUTO_TEST_CASE(absent_params_have_their_defaults) {
  const auto params = read(R"({"argv": ["true"]})");
  BOOST_TEST(params.cwd.empty());
  BOOST_TEST(!params.input);
  BOOST_TEST(params.output_limit == 65536U);
  BOOST_TEST(params.success_codes == std::vector{0}, boost::test_tools::per_element());
  BOOST_TEST(!params.trim);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_with_its_place) {
  const auto wrong = [&](std::string_view params) { return mistake("exec", params); };
  BOOST_TEST(contains(wrong("{}"), "steps.a.params.argv: it is missing; expected a list with the program"));
  BOOST_TEST(
      contains(wrong(R"({"argv": "ls -l"})"), "steps.a.params.argv: expected a list with the program"));
  BOOST_TEST(contains(wrong(R"({"argv": []})"), "steps.a.params.argv: expected a list with the program"));
  BOOST_TEST(contains(wrong(R"({"argv": [""]})"), "steps.a.params.argv[0]: it is empty"));
  BOOST_TEST(wrong(R"({"argv": ["a", null]})") == "steps.a.params.argv[1]: expected text, found null");
  BOOST_TEST(contains(wrong(R"({"argv": ["a", "b\u0000c"]})"), "steps.a.params.argv[1]: an argument cannot"));
  BOOST_TEST(
      contains(wrong(R"({"argv": ["a"], "cwd": "tmp"})"), "steps.a.params.cwd: expected the absolute"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "env": ["A=b"]})"), "steps.a.params.env: expected an object"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "env": {"A=": "b"}})"), "it cannot name a variable"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "env": {"A": {}}})"), "steps.a.params.env.A: expected text"));
  BOOST_TEST(
      contains(wrong(R"({"argv": ["a"], "env": {"SLUICE_STEP": "x"}})"), "Sluice sets SLUICE_STEP itself"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "inherit_env": "PATH"})"), "a list of names of variables"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "inherit_env": [""]})"), "steps.a.params.inherit_env[0]"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "stdin": {}})"), "steps.a.params.stdin: expected text"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "output_limit": "2MiB"})"), "at most 1048576 bytes"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "output_limit": -1})"), "steps.a.params.output_limit"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "success_codes": []})"), "a list of exit statuses"));
  BOOST_TEST(
      contains(wrong(R"({"argv": ["a"], "success_codes": [256]})"), "steps.a.params.success_codes[0]"));
  BOOST_TEST(contains(wrong(R"({"argv": ["a"], "shell": true})"), "there is no 'shell' here"));
  BOOST_TEST(mistakes("exec", R"({"argv": [], "cwd": "x", "trim": 1})").size() == 3U);
}

BOOST_AUTO_TEST_CASE(references_may_stand_for_anything_until_they_are_replaced) {
  constexpr auto open = R"({"argv": "${steps.b.result.words}", "cwd": "${steps.b.result.folder}",
    "env": "${steps.b.result}", "output_limit": "${steps.b.result.size}",
    "success_codes": ["${steps.b.result.code}"], "trim": "${steps.b.result.trim}"})";
  BOOST_TEST(mistake("exec", open) == "");
  findings found;
  (void)read_exec_params(json::parse(open), "params", references::are_replaced, found);
  BOOST_TEST(found.size() == 6U);
}

BOOST_AUTO_TEST_CASE(the_environment_is_what_is_let_through_what_is_set_and_the_attempt) {
  const char* const worker[] = {"PATH=/bin",   "SECRET=x",          "LANG=C",
                                "LANGUAGE=de", "SLUICE_STEP=outer", nullptr};
  auto params = read(R"({"argv": ["a"], "env": {"LANG": "C.UTF-8", "EMPTY": ""}})");
  params.inherit_env.push_back("SLUICE_STEP");
  const auto environment = exec_environment(params, token, worker);
  const texts wanted = {"PATH=/bin",
                        "LANG=C.UTF-8",
                        "EMPTY=",
                        "SLUICE_RUN_ID=01920000-0000-7000-8000-000000000001",
                        "SLUICE_STEP=build",
                        "SLUICE_ATTEMPT=3",
                        "SLUICE_IDEMPOTENCY_TOKEN=01920000-0000-7000-8000-000000000001/build/3",
                        "SLUICE_FENCING_TOKEN=42"};
  BOOST_TEST(environment == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_order_is_read_as_it_was_written) {
  const guard_order order{7, "/locks", 1ull << 61, "", {"a b", "", "'\"\n"}, {"A=b"}};
  const auto bytes = write_order(order);
  BOOST_TEST((read_order(bytes) == order));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_TEST(!read_order(std::string_view(bytes).substr(0, size)));
  BOOST_TEST(!read_order(bytes + "x"));
  BOOST_TEST(!read_order(write_order({7, "", 0, "", {}, {}})));
}

BOOST_AUTO_TEST_SUITE_END()
