#include "steps/http/web_address.hpp"
#include "steps/since_boot.hpp"
#include "tests/steps/http_test_server.hpp"
#include "tests/steps/step_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

using namespace sluice;
using namespace std::chrono_literals;
using nlohmann::ordered_json;

namespace {

struct http_scene : step_scene {
  attempt_outcome get(const http_test_server& server, ordered_json params = ordered_json::object()) {
    params["url"] = server.url("/thing?token=secret");
    return run("http", params);
  }
};

http_test_server::responder always(const std::string& response) {
  return [response](const std::string&) { return std::optional(response); };
}

bool is_transport_failure(const attempt_outcome& outcome, bool retryable) {
  return outcome.status == attempt_status::failed && outcome.code == "http_transport" &&
         outcome.retryable == retryable;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_steps, http_scene)

BOOST_AUTO_TEST_CASE(the_answer_is_the_result) {
  const http_test_server server(always(http_response(201, "hello", "X-Thing: a\r\nx-thing: b\r\n")));
  const auto outcome = get(server);
  BOOST_TEST_REQUIRE((outcome.status == attempt_status::succeeded), outcome.text);
  BOOST_TEST(
      outcome.result.dump() ==
      R"({"status":201,"headers":{"content-length":"5","x-thing":"a, b"},"body":"hello","truncated":false})");
}

BOOST_AUTO_TEST_CASE(a_request_says_which_attempt_it_belongs_to) {
  const http_test_server server(always(http_response(200, "")));
  get(server, {{"headers", {{"Accept", "text/plain"}, {"X-Empty", ""}}}});
  BOOST_TEST_REQUIRE(server.requests().size() == 1U);
  const auto request = server.requests().front();
  BOOST_TEST(request.rfind("GET /thing?token=secret HTTP/1.1\r\n", 0) == 0U);
  BOOST_TEST(contains(request, "\r\nIdempotency-Key: 01920000-0000-7000-8000-000000000001/build/3\r\n"));
  BOOST_TEST(contains(request, "\r\nSluice-Fencing-Token: 42\r\n"));
  BOOST_TEST(contains(request, "\r\nAccept: text/plain\r\n"));
  BOOST_TEST(contains(request, "\r\nX-Empty:\r\n"));
  BOOST_TEST(!contains(request, "Content-Type"));
}

BOOST_AUTO_TEST_CASE(a_body_is_text_or_json) {
  const http_test_server server(always(http_response(200, "")));
  get(server, {{"method", "POST"}, {"body", std::string("a\0b", 3)}});
  get(server, {{"method", "PUT"}, {"body", {{"b", 1}, {"a", {true}}}}});
  get(server, {{"method", "PATCH"}, {"body", "<a/>"}, {"headers", {{"content-type", "text/xml"}}}});
  get(server, {{"method", "POST"}});
  get(server, {{"method", "DELETE"}});
  const auto requests = server.requests();
  BOOST_TEST_REQUIRE(requests.size() == 5U);
  BOOST_TEST(requests[0].rfind("POST /", 0) == 0U);
  BOOST_TEST(contains(requests[0], "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
  BOOST_TEST(contains(requests[0], std::string("\r\n\r\na\0b", 7)));
  BOOST_TEST(requests[1].rfind("PUT /", 0) == 0U);
  BOOST_TEST(contains(requests[1], "\r\nContent-Type: application/json\r\n"));
  BOOST_TEST(contains(requests[1], "\r\n\r\n{\"b\":1,\"a\":[true]}"));
  BOOST_TEST(contains(requests[2], "\r\ncontent-type: text/xml\r\n"));
  BOOST_TEST(!contains(requests[2], "text/plain"));
  BOOST_TEST(contains(requests[3], "\r\nContent-Length: 0\r\n"));
  BOOST_TEST(requests[4].rfind("DELETE /", 0) == 0U);
}

BOOST_AUTO_TEST_CASE(a_body_of_json_becomes_a_value) {
  const auto body_for = [&](const std::string& type, const std::string& body) {
    const http_test_server server(always(http_response(200, body, "Content-Type: " + type + "\r\n")));
    return get(server).result.value().at("body").dump();
  };
  BOOST_TEST(body_for("application/json", R"({"a": [1]})") == R"({"a":[1]})");
  BOOST_TEST(body_for("application/problem+JSON; charset=utf-8", "[]") == "[]");
  BOOST_TEST(body_for("application/json", "{oops") == R"("{oops")");
  BOOST_TEST(body_for("application/json", "") == R"("")");
  BOOST_TEST(body_for("application/json", std::string(1000, '[')) == "\"" + std::string(1000, '[') + "\"");
  BOOST_TEST(body_for("text/plain", "[]") == R"("[]")");
}

BOOST_AUTO_TEST_CASE(head_has_no_body) {
  const http_test_server server(always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  const auto outcome = get(server, {{"method", "HEAD"}});
  BOOST_TEST((outcome.status == attempt_status::succeeded), outcome.text);
  BOOST_TEST(outcome.result.value().at("headers").at("content-length") == "5");
  BOOST_TEST(server.requests().front().rfind("HEAD /", 0) == 0U);
}

BOOST_AUTO_TEST_CASE(an_unexpected_status_fails_and_some_may_pass) {
  for (const auto& [status, transient] : {std::pair{400, false},
                                          {404, false},
                                          {408, true},
                                          {425, true},
                                          {429, true},
                                          {500, true},
                                          {503, true},
                                          {302, false}}) {
    const http_test_server server(always(http_response(status, "some\nwords")));
    const auto outcome = get(server);
    BOOST_TEST((outcome.status == attempt_status::failed));
    BOOST_TEST(outcome.code == "http_status");
    BOOST_TEST(outcome.retryable == transient, status);
    BOOST_TEST(outcome.text == "GET " + server.url("/thing") + " was answered with status " +
                                   std::to_string(status) + ": some words");
  }
}

BOOST_AUTO_TEST_CASE(other_statuses_may_be_expected) {
  const http_test_server server(always(http_response(404, "")));
  BOOST_TEST((get(server, {{"expect", {"2xx", 404}}}).status == attempt_status::succeeded));
  BOOST_TEST((get(server, {{"expect", {"4xx"}}}).status == attempt_status::succeeded));
  BOOST_TEST((get(server, {{"expect", {"3xx", 403, 405}}}).status == attempt_status::failed));
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_refused_may_be_tried_again) {
  std::string url;
  {
    const http_test_server server(always(""));
    url = server.url("/x?token=secret");
  }
  const auto outcome = run("http", {{"url", url}});
  BOOST_TEST(is_transport_failure(outcome, true));
  BOOST_TEST(contains(outcome.text, "127.0.0.1"));
  BOOST_TEST(!contains(outcome.text, "secret"));
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_in_time_may_be_tried_again) {
  const http_test_server server([](const std::string&) { return std::nullopt; });
  BOOST_TEST(is_transport_failure(get(server, {{"timeout", "50ms"}}), true));
}

BOOST_AUTO_TEST_CASE(a_connection_that_breaks_may_be_tried_again) {
  // A response that is shorter than it says, and then the end.
  std::promise<void> asked;
  auto server = std::make_unique<http_test_server>([&](const std::string&) {
    asked.set_value();
    return std::optional<std::string>("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort");
  });
  auto attempt = begin("http", {{"url", server->url()}, {"timeout", "60s"}});
  asked.get_future().wait();
  server.reset();
  BOOST_TEST(is_transport_failure(attempt.get(), true));
}

BOOST_AUTO_TEST_CASE(redirects_are_followed_when_they_are_wanted) {
  std::string there;
  const http_test_server server([&](const std::string& request) {
    return std::optional(request.rfind("GET /end ", 0) == 0
                             ? http_response(200, "end", "X-Last: 1\r\n")
                             : http_response(302, "moved", "X-First: 1\r\nLocation: " + there + "\r\n"));
  });
  there = server.url("/end");
  BOOST_TEST(get(server).code == "http_status");
  BOOST_TEST(get(server, {{"expect", {302}}}).result.value().at("headers").at("location") == there);
  const auto followed = get(server, {{"follow_redirects", true}});
  BOOST_TEST_REQUIRE((followed.status == attempt_status::succeeded), followed.text);
  BOOST_TEST(followed.result.value().at("body") == "end");
  BOOST_TEST(followed.result.value().at("headers").contains("x-last"));
  BOOST_TEST(!followed.result.value().at("headers").contains("x-first"));
}

BOOST_AUTO_TEST_CASE(redirects_end_after_five_and_do_not_leave_the_web) {
  std::string there = "/again";
  const http_test_server server([&](const std::string&) {
    return std::optional(http_response(302, "", "Location: " + there + "\r\n"));
  });
  const auto endless = get(server, {{"follow_redirects", true}});
  BOOST_TEST(is_transport_failure(endless, false), endless.text);
  BOOST_TEST(server.requests().size() == 6U);
  there = "file:///etc/passwd";
  const auto foreign = get(server, {{"follow_redirects", true}});
  BOOST_TEST(is_transport_failure(foreign, false), foreign.text);
}

BOOST_AUTO_TEST_CASE(a_body_beyond_the_limit_is_cut) {
  const http_test_server server(
      always(http_response(200, std::string(3'000'000, 'x'), "Content-Type: application/json\r\n")));
  const auto outcome = get(server, {{"output_limit", "1KiB"}});
  BOOST_TEST_REQUIRE((outcome.status == attempt_status::succeeded), outcome.text);
  BOOST_TEST(outcome.result.value().at("body") == std::string(1024, 'x'));
  BOOST_TEST(outcome.result.value().at("truncated") == true);
}

BOOST_AUTO_TEST_CASE(a_result_that_could_not_be_stored_is_cut_further) {
  const http_test_server server(always(http_response(200, std::string(1'000'000, '\x01'))));
  const auto outcome = get(server, {{"output_limit", "1MiB"}});
  BOOST_TEST((outcome.status == attempt_status::succeeded), outcome.text);
  BOOST_TEST(outcome.result.dump().size() <= (std::size_t{1} << 20));
  BOOST_TEST(outcome.result.value().at("truncated") == true);
}

BOOST_AUTO_TEST_CASE(an_interrupt_breaks_a_request_off) {
  std::promise<void> asked;
  const http_test_server server([&](const std::string&) {
    asked.set_value();
    return std::nullopt;
  });
  auto attempt = begin("http", {{"url", server.url()}, {"timeout", "1h"}});
  asked.get_future().wait();
  signal.interrupt(1h);
  BOOST_TEST((attempt.get().status == attempt_status::cancelled));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_lease_breaks_a_request_off) {
  std::promise<void> asked;
  const http_test_server server([&](const std::string&) {
    asked.set_value();
    return std::nullopt;
  });
  signal.extend(since_boot() + 1h);
  auto attempt = begin("http", {{"url", server.url()}, {"timeout", "1h"}});
  asked.get_future().wait();
  signal.extend(since_boot() + 1ms);
  const auto outcome = attempt.get();
  BOOST_TEST(outcome.code == "lease_expired");
  BOOST_TEST((outcome.status == attempt_status::lost));
}

BOOST_AUTO_TEST_CASE(no_request_is_sent_once_it_was_told_to_end) {
  const http_test_server server(always(http_response(200, "")));
  signal.interrupt(1h);
  BOOST_TEST((get(server).status == attempt_status::cancelled));
  BOOST_TEST(server.requests().empty());
}

BOOST_AUTO_TEST_CASE(a_proxy_is_used_only_when_it_is_named) {
  const http_test_server server(always(http_response(200, "direct")));
  const http_test_server proxy(always(http_response(200, "by proxy")));
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("no_proxy", "127.0.0.1", 1);
  const auto direct = get(server);
  const auto indirect = get(server, {{"proxy", proxy.url()}});
  ::unsetenv("http_proxy");
  ::unsetenv("no_proxy");
  BOOST_TEST(direct.result.value().at("body") == "direct");
  BOOST_TEST(indirect.result.value().at("body") == "by proxy");
  BOOST_TEST(contains(proxy.requests().front(), "GET " + server.url("/thing")));
}

BOOST_AUTO_TEST_CASE(no_descriptor_is_left_behind) {
  const auto count = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(std::filesystem::begin(all), std::filesystem::end(all));
  };
  std::optional<http_test_server> server(std::in_place, always(http_response(200, "")));
  get(*server); // libcurl and its libraries may keep what they open first
  server.reset();
  const auto before = count();
  server.emplace(always(http_response(200, "")));
  get(*server);
  get(*server, {{"timeout", "1ms"}});
  signal.interrupt(0ms);
  get(*server);
  server.reset();
  BOOST_TEST(count() == before);
}

BOOST_AUTO_TEST_CASE(params_are_checked) {
  const auto wrong = [&](const std::string& params) { return mistake("http", params); };
  const auto with = [&](const std::string& more) {
    return mistake("http", R"({"url": "https://example.org/", )" + more + "}");
  };
  BOOST_TEST(wrong(R"({"url": "https://example.org/"})") == "");
  BOOST_TEST(contains(wrong("{}"), "steps.a.params.url: it is missing; expected a URL"));
  BOOST_TEST(contains(wrong(R"({"url": "example.org"})"), "steps.a.params.url: expected a URL such as"));
  BOOST_TEST(contains(wrong(R"({"url": "file:///etc/passwd"})"), "'file' is not supported here"));
  BOOST_TEST(contains(wrong(R"({"url": 5})"), "steps.a.params.url"));
  BOOST_TEST(contains(with(R"("method": "get")"), "steps.a.params.method: expected a method"));
  BOOST_TEST(contains(with(R"("method": "A B")"), "steps.a.params.method"));
  BOOST_TEST(contains(with(R"("headers": ["a"])"), "steps.a.params.headers: expected an object"));
  BOOST_TEST(contains(with(R"("headers": {"a b": "c"})"), "it cannot name a header"));
  BOOST_TEST(contains(with(R"("headers": {"a": "b\r\nc: d"})"), "steps.a.params.headers.a: a value cannot"));
  BOOST_TEST(contains(with(R"("headers": {"content-length": "5"})"), "Sluice sets content-length itself"));
  BOOST_TEST(contains(with(R"("expect": "2xx")"), "steps.a.params.expect: expected a list"));
  BOOST_TEST(contains(with(R"("expect": [])"), "steps.a.params.expect: expected a list"));
  BOOST_TEST(contains(with(R"("expect": [200, "6xx"])"), "steps.a.params.expect[1]: expected a status"));
  BOOST_TEST(contains(with(R"("expect": [99])"), "steps.a.params.expect[0]"));
  BOOST_TEST(contains(with(R"("timeout": "0ms")"), "steps.a.params.timeout: 0 leaves no time"));
  BOOST_TEST(contains(with(R"("timeout": 5)"), "steps.a.params.timeout: expected a duration"));
  BOOST_TEST(contains(with(R"("follow_redirects": 1)"), "expected true or false"));
  BOOST_TEST(contains(with(R"("method": "DELETE", "follow_redirects": true)"), "not for DELETE"));
  BOOST_TEST(contains(with(R"("output_limit": "2MiB")"), "at most 1048576 bytes"));
  BOOST_TEST(contains(with(R"("proxy": "ftp://proxy")"), "steps.a.params.proxy"));
  BOOST_TEST(contains(with(R"("metod": "GET")"), "did you mean 'method'?"));
  BOOST_TEST(wrong(R"({"url": "${steps.b.result.url}", "method": "${steps.b.result.m}", "expect":
    ["${steps.b.result.s}"], "timeout": "${steps.b.result.t}", "headers": {"a": "${steps.b.result.h}"}})") ==
             "");
  BOOST_TEST(run("http", {{"url", "ftp://example.org"}}).code == "bad_params");
}

BOOST_AUTO_TEST_CASE(an_address_is_shown_without_secrets) {
  BOOST_TEST(shown_address("https://ann:pw@example.org:8443/a/b?key=1#x") == "https://example.org:8443/a/b");
}

BOOST_AUTO_TEST_SUITE_END()
