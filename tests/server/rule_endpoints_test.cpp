#include "runtime/server/access_control.hpp"
#include "runtime/server/api_gate.hpp"
#include "runtime/server/rule_endpoints.hpp"
#include "runtime/server/server_rules.hpp"
#include "steps/step_runner.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <string>

using namespace sluice;

namespace {

constexpr std::chrono::seconds patience{60};

/// Rules of a directory behind the endpoints, with a store in memory and without a socket.
struct rule_endpoints_scene {
  rule_endpoints_scene() {
    context.runs = &runs;
    context.access = &access;
    context.rules = &rules;
    gate.add(rule_endpoints(context));
  }

  struct answer {
    unsigned status = 0;
    nlohmann::json body;
  };

  answer ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    http_request request;
    request.method = method;
    request.body = body;
    request.id = "test";
    request.remote = "127.0.0.1";
    request.fields = {{"Host", "127.0.0.1"}};
    if (!body.empty())
      request.fields.emplace_back("Content-Type", "application/json");
    set_target(request, "/api/v1" + path);
    const auto answered = std::make_shared<std::promise<http_response>>();
    auto coming = answered->get_future();
    gate.handle(request, [answered](http_response response) { answered->set_value(std::move(response)); });
    BOOST_REQUIRE_MESSAGE(coming.wait_for(patience) == std::future_status::ready, "no answer to " + path);
    const auto response = coming.get();
    return {response.status, nlohmann::json::parse(response.body)};
  }

  server_settings::rules_settings settings() {
    std::ofstream(folder.path() / "a.yaml") << "rule_id: a\nrule_version: 1\nname: A\n"
                                               "match: { field: text, pattern: x }\n"
                                               "emits: [ { technique_id: T1, confidence: 0.5 } ]\n";
    return {folder.path(), false};
  }
  static run_options in_memory() {
    run_options options;
    options.steps = std::make_shared<step_registry>();
    return options;
  }

  scratch_folder folder;
  run_runtime runs{in_memory()};
  rule_keepers keepers;
  server_rules rules{keepers, runs, settings(), {}};
  access_control access{server_settings::security_settings{}};
  server_context context;
  working_thread work{16};
  api_gate gate{access, work};
};

constexpr const char* disable = R"({"mode": "disabled", "reason": "noisy"})";

} // namespace

BOOST_AUTO_TEST_SUITE(rule_endpoints_of_a_server)

BOOST_FIXTURE_TEST_CASE(a_state_that_a_follower_could_not_be_told_is_kept_and_said_to_be,
                        rule_endpoints_scene) {
  const auto deaf = rules.book().subscribe([](const rule_change&) { throw std::runtime_error("no"); });
  const auto failed = ask("PUT", "/rules/a/state", disable);
  BOOST_TEST(failed.status == 500u);
  BOOST_TEST(failed.body["error"]["code"] == "publish_failed");
  BOOST_TEST(failed.body["error"]["detail"]["persisted"] == true);
  BOOST_TEST(failed.body["error"]["detail"]["published"] == false);
  BOOST_TEST(ask("GET", "/rules/a").body["state"]["mode"] == "disabled");
}

BOOST_FIXTURE_TEST_CASE(the_answer_to_an_order_comes_when_every_follower_has_heard_it, rule_endpoints_scene) {
  std::promise<std::string> heard;
  const auto following =
      rules.book().subscribe([&heard](const rule_change& change) { heard.set_value(change.state.reason); });
  const auto done = ask("PUT", "/rules/a/state", disable);
  BOOST_TEST(done.status == 200u);
  BOOST_TEST(done.body["persisted"] == true);
  BOOST_TEST(done.body["published"] == true);
  auto reason = heard.get_future();
  BOOST_REQUIRE((reason.wait_for(std::chrono::seconds{0}) == std::future_status::ready));
  BOOST_TEST(reason.get() == "noisy");
}

BOOST_FIXTURE_TEST_CASE(a_state_of_an_id_without_a_definition_can_be_seen_and_taken_back,
                        rule_endpoints_scene) {
  BOOST_REQUIRE(ask("PUT", "/rules/a/state", disable).status == 200u);
  std::filesystem::remove(folder.path() / "a.yaml");
  rules.book().refresh();
  const auto left = ask("GET", "/rules/a");
  BOOST_TEST(left.status == 200u);
  BOOST_TEST(left.body["version"].is_null());
  BOOST_TEST(left.body["state"]["mode"] == "disabled");
  BOOST_TEST(ask("GET", "/rules").body["rules"].size() == 1u);
  BOOST_TEST(ask("PUT", "/rules/a/state", R"({"mode": "enabled"})").status == 200u);
  BOOST_TEST(ask("GET", "/rules/a").status == 404u);
}

BOOST_AUTO_TEST_SUITE_END()
