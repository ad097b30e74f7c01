#include "model/base/error.hpp"
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
  for (const std::string pattern :
       {"/runs", "/runs/{run}", "/runs/{run}/events", "/lanes/{env}/{lane}", "/lanes/prod/{lane}/caps"})
    routes.add("GET", pattern, [pattern](const http_request& request, http_reply reply) {
      std::string named = pattern;
      for (const auto& [name, value] : request.path_values)
        named += " " + name + "=" + value;
      reply({200, "text/plain", named});
    });
  routes.add("POST", "/runs/tick", [](const http_request&, http_reply reply) {
    reply({200, "text/plain", "ticked"});
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

BOOST_AUTO_TEST_CASE(a_name_in_a_pattern_takes_one_segment) {
  BOOST_TEST(ask("GET", "/runs").body == "/runs");
  BOOST_TEST(ask("GET", "/runs/7?x=1").body == "/runs/{run} run=7");
  BOOST_TEST(ask("HEAD", "/runs/7/events").body == "/runs/{run}/events run=7");
  BOOST_TEST(ask("GET", "/lanes/dev/fast").body == "/lanes/{env}/{lane} env=dev lane=fast");
  for (const std::string path :
       {"/runs/", "/runs//events", "/runs/7/", "/runs/7/events/", "/runs/7/8", "/lanes/a"})
    BOOST_TEST(ask("GET", path).status == 404u, path);
}

BOOST_AUTO_TEST_CASE(a_literal_goes_before_a_name_where_it_leads_somewhere) {
  BOOST_TEST(ask("POST", "/runs/tick").body == "ticked");
  BOOST_TEST(ask("GET", "/runs/tick").body == "/runs/{run} run=tick", "a run may be called like it");
  const auto other_method = ask("DELETE", "/runs/tick");
  BOOST_TEST(other_method.status == 405u);
  BOOST_TEST(other_method.fields.at(0).second == "POST");
  BOOST_TEST(ask("GET", "/runs/tick/events").body == "/runs/{run}/events run=tick");
  BOOST_TEST(ask("GET", "/lanes/prod/fast").body == "/lanes/{env}/{lane} env=prod lane=fast");
  BOOST_TEST(ask("GET", "/lanes/prod/fast/caps").body == "/lanes/prod/{lane}/caps lane=fast");
}

BOOST_AUTO_TEST_CASE(segments_are_decoded_after_they_were_told_apart) {
  BOOST_TEST(ask("GET", "/runs/a%20b%2Fc+d").body == "/runs/{run} run=a b/c+d");
  BOOST_TEST(ask("GET", "/%72uns/%7Brun%7d").body == "/runs/{run} run={run}");
  for (const std::string path : {"/runs/%", "/runs/%2", "/runs/%zz", "/runs/%00", "/none/%g0"}) {
    const auto answer = ask("GET", path);
    BOOST_TEST(answer.status == 400u, path);
    BOOST_TEST(nlohmann::json::parse(answer.body)["error"]["code"] == "bad_path");
  }
}

BOOST_AUTO_TEST_CASE(a_value_is_found_by_its_name) {
  http_request request;
  request.path_values = {{"env", "dev"}, {"lane", "fast"}};
  BOOST_TEST(request.path_value("lane") == "fast");
  BOOST_TEST(request.path_value("run") == "");
}

BOOST_AUTO_TEST_CASE(a_route_cannot_be_added_twice) {
  auto routes = example();
  const auto ignore = [](const http_request&, const http_reply&) {};
  BOOST_CHECK_THROW(routes.add("GET", "/runs/{other}", ignore), internal_error);
  BOOST_CHECK_THROW(routes.add("GET", "runs", ignore), internal_error);
  routes.add("DELETE", "/runs/{run}", ignore);
}

BOOST_AUTO_TEST_CASE(query_and_host_are_no_part_of_the_path) {
  BOOST_TEST(ask("GET", "/thing?a=1&b=?").body == "GET a=1&b=?");
  BOOST_TEST(ask("GET", "http://localhost:1/thing?a").body == "GET a");
  BOOST_TEST(ask("GET", "https://localhost:1/thing?a").body == "GET a");
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
