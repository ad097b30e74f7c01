#include "model/base/error.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_client.hpp"
#include "runtime/cli/http_error.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/scripted_http_server.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

using namespace sluice;

namespace {

/// Options and environment, and the server they name.
struct target_scene {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  std::map<std::string, std::string, std::less<>> variables;
  cli_streams streams{in, out, err};
  server_arguments arguments;

  target_scene() {
    streams.environment = [this](std::string_view name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
  }
  http_target find() { return find_server(arguments, streams); }
  std::string code_of_failure() {
    try {
      find();
    } catch (const error& failed) {
      return failed.code();
    }
    return "none";
  }
};

/// Returns what asking throws.
error failure_of(http_client& client, const api_call& call) {
  try {
    client.ask(call);
  } catch (const error& failed) {
    return failed;
  }
  return {"none", "nothing was thrown"};
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_http_client)

BOOST_AUTO_TEST_CASE(a_server_is_named_by_option_before_environment) {
  target_scene scene;
  BOOST_TEST(scene.code_of_failure() == "no_server");
  scene.variables["SLUICE_URL"] = "http://of.environment:1/";
  BOOST_TEST(scene.find().url == "http://of.environment:1");
  scene.arguments.url = "https://of.option/prefix//";
  BOOST_TEST(scene.find().url == "https://of.option/prefix");
}

BOOST_AUTO_TEST_CASE(addresses_with_secrets_or_of_other_schemes_are_refused) {
  for (const auto* wrong : {"127.0.0.1:9464", "ftp://host/", "http://", "http://user:word@host/",
                            "http://host/?a=1", "http://host/#x"}) {
    target_scene scene;
    scene.arguments.url = wrong;
    BOOST_TEST(scene.code_of_failure() == "bad_url", wrong);
  }
}

BOOST_AUTO_TEST_CASE(a_database_option_goes_before_the_environments_server) {
  target_scene scene;
  BOOST_TEST(!prefers_server("", {}, scene.streams));
  scene.variables["SLUICE_DB"] = "runs.db";
  BOOST_TEST(!prefers_server("", {}, scene.streams));
  scene.variables["SLUICE_URL"] = "http://host";
  BOOST_TEST(prefers_server("", {}, scene.streams));
  BOOST_TEST(!prefers_server("runs.db", {}, scene.streams));
  BOOST_TEST(prefers_server("", {"http://host", "", ""}, scene.streams));
}

BOOST_AUTO_TEST_CASE(a_token_comes_from_a_file_or_the_environment) {
  const scratch_folder folder;
  const auto file = folder.path() / "token";
  std::ofstream(file) << " of-file\r\n";
  target_scene scene;
  scene.arguments.url = "http://host";
  BOOST_TEST(scene.find().token == "");
  scene.variables["SLUICE_ADMIN_TOKEN"] = "of-admin";
  BOOST_TEST(scene.find().token == "of-admin");
  scene.variables["SLUICE_TOKEN"] = "of-client";
  BOOST_TEST(scene.find().token == "of-client");
  scene.arguments.token_file = file.string();
  BOOST_TEST(scene.find().token == "of-file");
  std::ofstream(file) << "two\nlines";
  BOOST_TEST(scene.code_of_failure() == "bad_token");
  scene.arguments.token_file = (folder.path() / "absent").string();
  BOOST_TEST(scene.code_of_failure() == "bad_token");
  scene.arguments.token_file = "";
  scene.variables["SLUICE_TOKEN"] = "a\r\nX-Other: header";
  BOOST_TEST(scene.code_of_failure() == "bad_token");
}

BOOST_AUTO_TEST_CASE(a_request_is_sent_as_it_was_meant) {
  scripted_http_server server([](const std::string&) { return json_answer(201, "{\"id\":1}"); });
  http_client client({server.url(), "some-token"});
  BOOST_TEST(client.ask({"POST", "/api/v1/x", {{"a", "1 &"}, {"none", ""}}, "{}", {"X-More: y"}}) ==
             "{\"id\":1}");
  BOOST_TEST(client.ask({"PATCH", "/api/v1/" + url_encoded("a.out->b/in"), {}, "{\"n\":1}"}) == "{\"id\":1}");
  (void)client.ask({"DELETE", "/api/v1/z"});
  const auto asked = server.requests();
  BOOST_REQUIRE(asked.size() == 3u);
  BOOST_TEST(asked[0].starts_with("POST /api/v1/x?a=1%20%26 HTTP/1.1\r\n"), asked[0]);
  BOOST_TEST(contains(asked[0], "\r\nAuthorization: Bearer some-token\r\n"));
  BOOST_TEST(contains(asked[0], "\r\nContent-Type: application/json\r\n"));
  BOOST_TEST(contains(asked[0], "\r\nX-More: y\r\n"));
  BOOST_TEST(asked[0].ends_with("\r\n\r\n{}"));
  BOOST_TEST(asked[1].starts_with("PATCH /api/v1/a.out-%3Eb%2Fin HTTP/1.1\r\n"), asked[1]);
  BOOST_TEST(asked[1].ends_with("{\"n\":1}"));
  BOOST_TEST(asked[2].starts_with("DELETE /api/v1/z HTTP/1.1\r\n"));
  BOOST_TEST(!contains(asked[2], "Content-Type"));
}

BOOST_AUTO_TEST_CASE(an_error_envelope_becomes_an_error_with_its_code_status_and_findings) {
  scripted_http_server server([](const std::string&) {
    return json_answer(422, R"({"error":{"code":"invalid_run","message":"the run cannot be made","detail":[)"
                            R"({"level":"error","code":"UNKNOWN_KIND","path":"run_graph.steps.a.kind",)"
                            R"("message":"there is none","line":3,"column":4}]}})");
  });
  http_client client({server.url()});
  try {
    client.ask({"POST", "/api/v1/runs", {}, "{}"});
    BOOST_FAIL("nothing was thrown");
  } catch (const http_error& refused) {
    BOOST_TEST(refused.status() == 422u);
    BOOST_TEST(refused.code() == "invalid_run");
    BOOST_TEST(refused.what() == "the run cannot be made");
    BOOST_REQUIRE(refused.found().size() == 1u);
    BOOST_TEST(to_string(refused.found()[0], "f") ==
               "f:3:4: error: run_graph.steps.a.kind: there is none [UNKNOWN_KIND]");
    BOOST_TEST(client_exit_status(refused) == exit_status::configuration);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_sluice_server_is_said_so) {
  scripted_http_server server([](const std::string&) { return json_answer(502, "<html>\x1b[2J"); });
  http_client client({server.url()});
  const auto failed = failure_of(client, {"GET", "/"});
  BOOST_TEST(failed.code() == "http_status");
  BOOST_TEST(contains(failed.what(), "502"), failed.what());
  BOOST_TEST(contains(failed.what(), "<html>?[2J"), failed.what());
}

BOOST_AUTO_TEST_CASE(exit_statuses_tell_refusals_apart) {
  BOOST_TEST(client_exit_status(error("unreachable", "")) == 69);
  BOOST_TEST(client_exit_status(http_error(401, "unauthorized", "")) == 77);
  BOOST_TEST(client_exit_status(http_error(403, "forbidden", "")) == 77);
  BOOST_TEST(client_exit_status(http_error(409, "invalid_transition", "")) == 1);
  BOOST_TEST(client_exit_status(http_error(503, "draining", "")) == 1);
  BOOST_TEST(client_exit_status(error("not_found", "")) == 1);
}

BOOST_AUTO_TEST_CASE(a_get_whose_connection_broke_is_tried_again_and_a_change_is_not) {
  int asked = 0;
  scripted_http_server server(
      [&asked](const std::string&) { return ++asked % 3 != 0 ? no_answer() : json_answer(200, "{}"); });
  http_client client({server.url()});
  BOOST_TEST(client.ask({"GET", "/api/v1/x"}) == "{}");
  BOOST_TEST(asked == 3);
  const auto failed = failure_of(client, {"POST", "/api/v1/x", {}, "{}"});
  BOOST_TEST(failed.code() == "unreachable");
  BOOST_TEST(contains(failed.what(), server.url()), failed.what());
  BOOST_TEST(contains(failed.what(), "not known"), failed.what());
  BOOST_TEST(server.requests().size() == 4u);
}

BOOST_AUTO_TEST_CASE(nobody_there_is_unreachable) {
  std::string url;
  {
    scripted_http_server server([](const std::string&) { return no_answer(); });
    url = server.url();
  }
  http_client client({url});
  const auto failed = failure_of(client, {"POST", "/api/v1/x", {}, "{}"});
  BOOST_TEST(failed.code() == "unreachable");
  BOOST_TEST(contains(failed.what(), url), failed.what());
  BOOST_TEST(!contains(failed.what(), "not known"), failed.what());
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_is_given_up) {
  scripted_http_server server([](const std::string&) { return scripted_answer{"", true}; });
  http_target target{server.url()};
  target.idle_timeout = std::chrono::seconds{1};
  http_client client(target);
  BOOST_TEST(failure_of(client, {"GET", "/api/v1/x"}).code() == "unreachable");
  BOOST_TEST(server.requests().size() == 1u); // a second try would wait as long again
}

BOOST_AUTO_TEST_CASE(a_redirect_is_not_followed) {
  scripted_http_server server([](const std::string&) {
    return scripted_answer{"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n"
                           "Connection: close\r\n\r\n"};
  });
  http_client client({server.url(), "secret"});
  BOOST_TEST(failure_of(client, {"GET", "/"}).code() == "http_status");
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_a_call_and_a_pause) {
  scripted_http_server server([](const std::string&) { return scripted_answer{"", true}; });
  http_client client({server.url()});
  std::thread other([&client] { client.interrupt(); });
  BOOST_TEST(failure_of(client, {"GET", "/"}).code() == "interrupted");
  other.join();
  BOOST_TEST(!client.pause(std::chrono::hours{1}));
}

BOOST_AUTO_TEST_SUITE_END()
