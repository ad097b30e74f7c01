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
    context.rule_checks = &checks;
    gate.add(rule_endpoints(context));
  }

  struct answer {
    unsigned status = 0;
    nlohmann::json body;
  };

  answer ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    auto coming = begin(method, path, body);
    BOOST_REQUIRE_MESSAGE(coming.wait_for(patience) == std::future_status::ready, "no answer to " + path);
    const auto response = coming.get();
    return {response.status, nlohmann::json::parse(response.body)};
  }

  std::future<http_response> begin(const std::string& method, const std::string& path,
                                   const std::string& body) {
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
    return coming;
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
  working_thread checks{1};
  api_gate gate{access, work};
};

constexpr const char* some_files = R"({"files": [{"name": "a.yaml", "text": "rule_id: ["}]})";
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

BOOST_FIXTURE_TEST_CASE(a_check_of_files_holds_nobody_up_and_only_so_many_wait, rule_endpoints_scene) {
  // Somebody's ten thousand rules.
  std::promise<void> begun;
  std::promise<void> end;
  BOOST_REQUIRE(checks.add([&] {
    begun.set_value();
    end.get_future().wait();
  }));
  begun.get_future().wait();
  auto waiting = begin("POST", "/rules/validate", some_files);
  const auto refused = ask("POST", "/rules/validate", some_files);
  BOOST_TEST(refused.status == 503u);
  BOOST_TEST(refused.body["error"]["code"] == "too_busy");
  BOOST_TEST(ask("GET", "/rules/a").status == 200u);
  BOOST_TEST(ask("PUT", "/rules/a/state", disable).status == 200u);
  BOOST_TEST((waiting.wait_for(std::chrono::seconds{0}) == std::future_status::timeout));
  end.set_value();
  BOOST_REQUIRE((waiting.wait_for(patience) == std::future_status::ready));
  const auto found = nlohmann::json::parse(waiting.get().body);
  BOOST_TEST(found["valid"] == false);
  BOOST_TEST(found["findings"][0]["place"] == "a.yaml");
  BOOST_TEST(found["findings"][0]["line"] == 1);
}

BOOST_FIXTURE_TEST_CASE(a_state_that_changes_nothing_leaves_no_row, rule_endpoints_scene) {
  const auto rows = [this] {
    const auto counted = std::make_shared<std::promise<std::size_t>>();
    auto coming = counted->get_future();
    runs.read_async([counted](store& in, utc_time) { counted->set_value(in.audit().since(0, 100).size()); },
                    [](const std::exception_ptr&) {});
    return coming.get();
  };
  BOOST_TEST(ask("PUT", "/rules/a/state", R"({"mode": "enabled"})").status == 200u);
  BOOST_TEST(rows() == 0u);
  BOOST_REQUIRE(ask("PUT", "/rules/a/state", disable).status == 200u);
  BOOST_TEST(rows() == 1u);
  BOOST_TEST(ask("PUT", "/rules/a/state", R"({"mode": "enabled"})").status == 200u);
  BOOST_TEST(ask("PUT", "/rules/a/state", R"({"mode": "enabled"})").status == 200u);
  BOOST_TEST(rows() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
