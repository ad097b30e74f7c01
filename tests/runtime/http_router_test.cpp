#include "runtime/http/error_envelope.hpp"
#include "runtime/http/router.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace sluice {

namespace {

router example() {
  router routes;
  routes.add("GET", "/thing", [](const http_request& request, http_reply reply) {
    reply({200, "text/plain", request.method + " " + request.query});
  });
  routes.add("POST", "/thing", [](const http_request&, http_reply reply) {
    reply({201, "text/plain", "made"});
  });
  return routes;
}

http_response ask(const std::string& method, const std::string& target) {
  http_request request;
  request.method = method;
  set_target(request, target);
  std::optional<http_response> answer;
  example().route(request, [&answer](http_response one) { answer = std::move(one); });
  BOOST_REQUIRE(answer.has_value());
  return *answer;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_router_test)

BOOST_AUTO_TEST_CASE(a_request_reaches_the_handler_of_its_method_and_path) {
  BOOST_TEST(ask("GET", "/thing").body == "GET ");
  BOOST_TEST(ask("POST", "/thing").status == 201u);
}

BOOST_AUTO_TEST_CASE(head_is_answered_by_get) {
  BOOST_TEST(ask("HEAD", "/thing").body == "HEAD ");
}

BOOST_AUTO_TEST_CASE(query_and_host_are_no_part_of_the_path) {
  BOOST_TEST(ask("GET", "/thing?a=1&b=?").body == "GET a=1&b=?");
  BOOST_TEST(ask("GET", "http://localhost:1/thing?a").body == "GET a");
  BOOST_TEST(ask("GET", "HTTP://localhost").status == 404u);
}

BOOST_AUTO_TEST_CASE(the_host_of_an_absolute_target_is_kept) {
  http_request request;
  set_target(request, "http://localhost:1?x");
  BOOST_TEST(request.target_host == "localhost:1");
  BOOST_TEST(request.path == "/");
  BOOST_TEST(request.query == "x");
}

BOOST_AUTO_TEST_CASE(an_unknown_path_is_not_found) {
  for (const std::string path : {"/", "/thing/", "/thin", "/things", "*"}) {
    const auto answer = ask("GET", path);
    BOOST_TEST(answer.status == 404u, path);
    BOOST_TEST(nlohmann::json::parse(answer.body)["error"]["code"] == "not_found");
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_method_is_told_those_that_are_known) {
  const auto answer = ask("DELETE", "/thing");
  BOOST_TEST(answer.status == 405u);
  BOOST_TEST(nlohmann::json::parse(answer.body)["error"]["code"] == "method_not_allowed");
  BOOST_REQUIRE(answer.fields.size() == 1u);
  BOOST_TEST(answer.fields[0].first == "Allow");
  BOOST_TEST(answer.fields[0].second == "GET, HEAD, POST");
}

BOOST_AUTO_TEST_CASE(an_error_is_an_envelope_of_code_message_and_detail) {
  const auto answer = error_response(418, "a_code", "a \"message\"", "a detail");
  BOOST_TEST(answer.status == 418u);
  BOOST_TEST(answer.content_type == "application/json");
  const auto document = nlohmann::json::parse(answer.body);
  BOOST_TEST(document.size() == 1u);
  BOOST_TEST(document["error"].size() == 3u);
  BOOST_TEST(document["error"]["code"] == "a_code");
  BOOST_TEST(document["error"]["message"] == "a \"message\"");
  BOOST_TEST(document["error"]["detail"] == "a detail");
  BOOST_TEST(nlohmann::json::parse(error_response(400, "a", "b").body)["error"]["detail"].is_null());
}

BOOST_AUTO_TEST_CASE(an_error_may_quote_bytes_that_are_not_utf_8) {
  const auto answer = error_response(400, "bad", "bad", "\xff\xfe");
  BOOST_TEST(nlohmann::json::accept(answer.body));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
