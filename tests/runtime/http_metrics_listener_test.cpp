#include "model/base/error.hpp"
#include "runtime/http/metrics_listener.hpp"
#include "tests/runtime/http_test_client.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

namespace {

using testing::body_of;
using testing::field_of;
using testing::http_test_client;
using testing::status_of;

constexpr const char* any_port = "127.0.0.1:0";

std::string some_metrics() {
  return "sluice_edge_depth 3\n";
}

std::string code_of(const std::string& response) {
  return nlohmann::json::parse(body_of(response)).at("error").at("code").get<std::string>();
}

boost::test_tools::assertion_result has_ipv6(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result works(true);
  try {
    const metrics_listener probe("[::1]:0", some_metrics);
  } catch (const error& failure) {
    works = boost::test_tools::assertion_result(false);
    works.message() << failure.what();
  }
  return works;
}

boost::test_tools::assertion_result has_curl(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result found(std::system("command -v curl >/dev/null 2>&1") == 0);
  found.message() << "curl is not installed";
  return found;
}

std::string output_of(const std::string& command) {
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  BOOST_REQUIRE(pipe != nullptr);
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    text += static_cast<char>(c);
  ::pclose(pipe);
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_metrics_listener_test)

BOOST_AUTO_TEST_CASE(metrics_are_served_with_their_content_type) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  const auto response = client.get("/metrics");
  BOOST_TEST(status_of(response) == 200);
  BOOST_TEST(field_of(response, "Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  BOOST_TEST(body_of(response) == some_metrics());
}

BOOST_AUTO_TEST_CASE(the_process_says_that_it_is_healthy) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  const auto response = client.get("/healthz");
  BOOST_TEST(status_of(response) == 200);
  BOOST_TEST(body_of(response) == "ok\n");
}

BOOST_AUTO_TEST_CASE(one_connection_serves_many_requests_each_rendered_anew) {
  int scrapes = 0;
  const metrics_listener server(any_port, [&scrapes] { return std::to_string(++scrapes); });
  http_test_client client(server.port());
  for (int i = 1; i <= 20; ++i)
    BOOST_TEST(body_of(client.get("/metrics")) == std::to_string(i));
}

BOOST_AUTO_TEST_CASE(requests_sent_in_one_go_are_answered_in_order) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  client.send(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(body_of(client.receive()) == "ok\n");
  BOOST_TEST(body_of(client.receive()) == some_metrics());
  BOOST_TEST(status_of(client.receive()) == 404);
}

BOOST_AUTO_TEST_CASE(head_gives_the_header_alone_and_the_connection_stays_usable) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  client.send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto response = client.receive(false);
  BOOST_TEST(status_of(response) == 200);
  BOOST_TEST(field_of(response, "Content-Length") == std::to_string(some_metrics().size()));
  BOOST_TEST(body_of(response).empty());
  BOOST_TEST(status_of(client.get("/healthz")) == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_wants_to_close_is_closed) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client polite(server.port());
  polite.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  BOOST_TEST(status_of(polite.receive_rest()) == 200);
  http_test_client old(server.port());
  old.send("GET /healthz HTTP/1.0\r\n\r\n");
  BOOST_TEST(status_of(old.receive_rest()) == 200);
}

BOOST_AUTO_TEST_CASE(unknown_paths_and_methods_get_an_error_envelope) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  const auto lost = client.get("/api/v1/runs");
  BOOST_TEST(status_of(lost) == 404);
  BOOST_TEST(code_of(lost) == "not_found");
  client.send("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
  const auto wrong = client.receive();
  BOOST_TEST(status_of(wrong) == 405);
  BOOST_TEST(code_of(wrong) == "method_not_allowed");
  BOOST_TEST(field_of(wrong, "Allow") == "GET, HEAD");
}

BOOST_AUTO_TEST_CASE(a_foreign_host_is_forbidden_on_every_path) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  for (const std::string path : {"/metrics", "/healthz", "/none"}) {
    client.send("GET " + path + " HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
    const auto response = client.receive();
    BOOST_TEST(status_of(response) == 403);
    BOOST_TEST(code_of(response) == "foreign_host");
  }
}

BOOST_AUTO_TEST_CASE(a_failed_rendering_is_told_and_the_next_may_work) {
  bool broken = true;
  const metrics_listener server(any_port, [&broken]() -> std::string {
    if (std::exchange(broken, false))
      throw std::runtime_error("no numbers today");
    return "fine";
  });
  http_test_client client(server.port());
  const auto failed = client.get("/metrics");
  BOOST_TEST(status_of(failed) == 500);
  BOOST_TEST(code_of(failed) == "internal");
  BOOST_TEST((failed.find("no numbers today") != std::string::npos));
  BOOST_TEST(body_of(client.get("/metrics")) == "fine");
}

BOOST_AUTO_TEST_CASE(others_are_served_while_one_rendering_takes_long) {
  std::promise<void> started;
  std::promise<void> released;
  const metrics_listener server(any_port, [&] {
    started.set_value();
    released.get_future().wait();
    return std::string("late");
  });
  http_test_client waiting(server.port());
  waiting.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  started.get_future().wait();
  http_test_client other(server.port());
  BOOST_TEST(status_of(other.get("/healthz")) == 200);
  released.set_value();
  BOOST_TEST(body_of(waiting.receive()) == "late");
}

BOOST_AUTO_TEST_CASE(clients_that_say_nothing_or_half_a_request_do_not_hold_up_others) {
  const metrics_listener server(any_port, some_metrics);
  std::vector<std::unique_ptr<http_test_client>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<http_test_client>(server.port()));
    if (i % 2 == 0)
      slow.back()->send("GET /metrics HTTP/1.1\r\nHo");
  }
  http_test_client quick(server.port());
  BOOST_TEST(status_of(quick.get("/metrics")) == 200);
  slow[0]->send("st: localhost\r\n\r\n");
  BOOST_TEST(status_of(slow[0]->receive()) == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_a_large_answer_does_not_hold_up_others) {
  const std::string large(8 * 1024 * 1024, 'x');
  const metrics_listener server(any_port, [&large] { return large; });
  http_test_client lazy(server.port());
  lazy.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  http_test_client quick(server.port());
  BOOST_TEST(body_of(quick.get("/metrics")).size() == large.size());
  BOOST_TEST(body_of(lazy.receive()).size() == large.size());
}

BOOST_AUTO_TEST_CASE(a_client_too_slow_with_its_request_is_closed) {
  http_limits limits;
  // Longer than a slow machine is late with what the client sends.
  limits.read_timeout = std::chrono::milliseconds{500};
  const metrics_listener server(any_port, some_metrics, limits);
  http_test_client slow(server.port());
  slow.send("GET /metrics HTTP/1.1\r\n");
  BOOST_TEST(status_of(slow.receive_rest()) == 408);
}

BOOST_AUTO_TEST_CASE(garbage_is_a_bad_request_and_the_server_goes_on) {
  const metrics_listener server(any_port, some_metrics);
  const std::string zeros(300, '\0');
  for (const std::string& garbage :
       {std::string("hello\r\n\r\n"), zeros + "\r\n\r\n",
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),
        std::string("GET /metrics HTTP/1.1\r\nHost localhost\r\n\r\n"), std::string("GET  HTTP/9.9\r\n\r\n"),
        std::string("GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n")}) {
    http_test_client client(server.port());
    client.send(garbage);
    client.finish();
    const auto response = client.receive_rest();
    BOOST_TEST(status_of(response) == 400);
    BOOST_TEST(code_of(response) == "bad_request");
  }
  http_test_client client(server.port());
  BOOST_TEST(status_of(client.get("/metrics")) == 200);
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_in_mid_request_gets_no_answer) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  client.send("GET /metrics HTTP/1.1\r\nHost:");
  client.finish();
  BOOST_TEST(client.receive_rest().empty());
}

BOOST_AUTO_TEST_CASE(a_request_without_host_or_with_two_is_bad) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  BOOST_TEST(status_of(client.receive()) == 400);
  client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(status_of(client.receive()) == 400);
}

BOOST_AUTO_TEST_CASE(a_header_over_the_limit_is_refused) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client client(server.port());
  client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  const auto response = client.receive_rest();
  BOOST_TEST(status_of(response) == 431);
  BOOST_TEST(code_of(response) == "header_too_large");
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_refused_declared_or_not) {
  const metrics_listener server(any_port, some_metrics);
  http_test_client declared(server.port());
  declared.send("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n");
  const auto response = declared.receive_rest();
  BOOST_TEST(status_of(response) == 413);
  BOOST_TEST(code_of(response) == "body_too_large");

  http_test_client chunked(server.port());
  chunked.send("POST /metrics HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n" +
               std::string(70'000, 'x') + "\r\n0\r\n\r\n");
  BOOST_TEST(status_of(chunked.receive_rest()) == 413);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_an_error_that_names_it) {
  const metrics_listener server(any_port, some_metrics);
  const auto taken = server.address();
  BOOST_CHECK_EXCEPTION(metrics_listener(taken, some_metrics), error, [&taken](const error& failure) {
    const std::string text = failure.what();
    return failure.code() == "cannot_listen" && text.find(taken) != std::string::npos &&
           text.find("Address already in use") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(an_address_that_others_reach_is_refused) {
  BOOST_CHECK_EXCEPTION(metrics_listener("0.0.0.0:0", some_metrics), error,
                        [](const error& failure) { return failure.code() == "not_loopback"; });
}

BOOST_AUTO_TEST_CASE(a_port_is_free_again_once_the_server_is_gone) {
  auto server = std::make_unique<metrics_listener>(any_port, some_metrics);
  const auto address = server->address();
  http_test_client client(server->port());
  BOOST_TEST(status_of(client.get("/healthz")) == 200);
  server.reset();
  BOOST_TEST(client.receive_rest().empty());
  const metrics_listener next(address, some_metrics);
  BOOST_TEST(next.address() == address);
}

BOOST_AUTO_TEST_CASE(a_server_can_end_with_clients_in_every_state) {
  std::promise<void> started;
  std::promise<void> released;
  const auto may_go_on = released.get_future().share();
  int runs = 0;
  auto server = std::make_unique<metrics_listener>(any_port, [&] {
    if (++runs == 1)
      started.set_value();
    may_go_on.wait();
    return std::string("late");
  });
  http_test_client idle(server->port());
  http_test_client half(server->port());
  half.send("GET /metr");
  http_test_client rendering(server->port());
  rendering.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  started.get_future().wait();
  http_test_client waiting(server->port());
  waiting.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(status_of(idle.get("/healthz")) == 200);
  auto ended = std::async(std::launch::async, [&server] { server.reset(); });
  released.set_value();
  ended.wait();
  BOOST_TEST(idle.receive_rest().empty());
  BOOST_TEST(half.receive_rest().empty());
  // Whether these two were answered before the end is chance; that they end is not.
  rendering.receive_rest();
  waiting.receive_rest();
}

BOOST_AUTO_TEST_CASE(ipv6_loopback_is_served, *boost::unit_test::precondition(has_ipv6)) {
  const metrics_listener server("[::1]:0", some_metrics);
  BOOST_TEST(server.address() == "[::1]:" + std::to_string(server.port()));
  http_test_client client(server.port(), true);
  client.send("GET /metrics HTTP/1.1\r\nHost: " + server.address() + "\r\n\r\n");
  BOOST_TEST(body_of(client.receive()) == some_metrics());
}

BOOST_AUTO_TEST_CASE(curl_gets_the_metrics, *boost::unit_test::precondition(has_curl)) {
  const metrics_listener server(any_port, some_metrics);
  const auto url = "http://" + server.address();
  BOOST_TEST(output_of("curl -sS -m 30 " + url + "/metrics") == some_metrics());
  BOOST_TEST(output_of("curl -sS -m 30 -o /dev/null -w '%{http_code}' -I " + url + "/healthz") == "200");
  BOOST_TEST(output_of("curl -sS -m 30 -o /dev/null -w '%{http_code}' -H 'Host: rebound.example' " + url +
                       "/metrics") == "403");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
