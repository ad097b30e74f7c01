#include "tests/runtime/http_test_client.hpp"
#include "tests/runtime/http_test_server.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <thread>

namespace sluice {

namespace {

using std::chrono::milliseconds;
using testing::body_of;
using testing::field_of;
using testing::http_test_client;
using testing::http_test_server;
using testing::status_of;
using testing::with;

std::string code_of(const std::string& response) {
  return nlohmann::json::parse(body_of(response)).at("error").at("code").get<std::string>();
}

std::string post(const std::string& body, const std::string& fields = "") {
  return "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_session_test)

BOOST_AUTO_TEST_CASE(each_answer_names_its_request) {
  http_test_server server;
  http_test_client client(server.port());
  const auto first = client.get("/who");
  const auto id = field_of(first, "X-Request-Id");
  BOOST_TEST(body_of(first) == id + " 127.0.0.1");
  BOOST_TEST(field_of(client.get("/hello"), "X-Request-Id") > id);
  client.send("GET /who HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: mine.7\r\n\r\n");
  const auto named = client.receive();
  BOOST_TEST(field_of(named, "X-Request-Id") == "mine.7");
  BOOST_TEST(body_of(named) == "mine.7 127.0.0.1");
  BOOST_TEST(!field_of(client.get("/nowhere"), "X-Request-Id").empty());
  BOOST_TEST(field_of(client.get("/hello"), "Date").ends_with("GMT"));
}

BOOST_AUTO_TEST_CASE(an_answer_is_logged_with_its_request_and_without_the_query) {
  http_test_server server;
  http_test_client client(server.port());
  client.send("GET /hello?token=secret HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: r-1\r\n"
              "Authorization: Bearer secret\r\n\r\n");
  BOOST_TEST(status_of(client.receive()) == 200);
  const auto line = server.log_with("id=r-1");
  BOOST_TEST(line.starts_with("http_request GET /hello 200 "));
  BOOST_TEST(line.ends_with("5 bytes id=r-1 remote=127.0.0.1 caller=tester"));
  BOOST_TEST((line.find("secret") == std::string::npos));
  client.send("hello\r\n\r\n");
  BOOST_TEST(status_of(client.receive_rest()) == 400);
  BOOST_TEST(server.log_with(" 400 ").starts_with("http_request - - 400 "));
  BOOST_TEST(server.listener().counters().answers[2].load() == 1u);
  BOOST_TEST(server.listener().counters().answers[4].load() == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_that_asks_before_it_sends_its_body_is_told_to_go_on) {
  http_test_server server;
  http_test_client client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  BOOST_TEST(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("he");
  client.send("llo");
  BOOST_TEST(body_of(client.receive()) == "hello");
  // One that does not wait is not kept waiting either, and is not told.
  client.send(post("at once", "Expect: 100-continue\r\n"));
  const auto answer = client.receive();
  BOOST_TEST(status_of(answer) == 200);
  BOOST_TEST(body_of(answer) == "at once");
}

BOOST_AUTO_TEST_CASE(a_body_too_large_is_refused_while_it_still_comes) {
  http_test_server server;
  http_test_client client(server.port());
  const std::string part(1024 * 1024, 'x');
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n");
  std::thread sender([&] {
    for (int sent = 0; sent < 100; ++sent)
      client.send(part);
    client.finish();
  });
  const auto answer = client.receive_rest();
  sender.join();
  BOOST_TEST(status_of(answer) == 413);
  BOOST_TEST(code_of(answer) == "body_too_large");
  BOOST_TEST(field_of(answer, "Connection") == "close");
}

BOOST_AUTO_TEST_CASE(bodies_together_have_a_limit_too) {
  http_limits limits;
  limits.body_bytes = 1000;
  limits.all_bodies_bytes = 1500;
  http_test_server server(with(limits));
  http_test_client first(server.port());
  const auto whole = post(std::string(1000, 'x'));
  first.send(whole.substr(0, 1000));
  http_test_client second(server.port());
  // Waits until the first's part has come: before, the second is served.
  std::string answer;
  for (int tries = 0; status_of(answer) != 503 && tries < 100'000; ++tries) {
    http_test_client next(server.port());
    next.send(post(std::string(900, 'x')));
    answer = next.receive();
  }
  BOOST_TEST(status_of(answer) == 503);
  first.send(whole.substr(1000));
  BOOST_TEST(status_of(first.receive()) == 200);
  // With the next request it is sure that the body of the one before is forgotten.
  BOOST_TEST(status_of(first.get("/hello")) == 200);
  second.send(post(std::string(900, 'x')));
  BOOST_TEST(status_of(second.receive()) == 200);
}

BOOST_AUTO_TEST_CASE(a_request_that_takes_too_long_is_told_so_and_a_silent_client_is_not) {
  http_limits limits;
  // Longer than a slow machine is late with what the clients send.
  limits.read_timeout = milliseconds{500};
  http_test_server server(with(limits));
  http_test_client silent(server.port());
  http_test_client slow(server.port());
  slow.send("GET /hello HTTP/1.1\r\n");
  const auto answer = slow.receive_rest();
  BOOST_TEST(status_of(answer) == 408);
  BOOST_TEST(code_of(answer) == "request_timeout");
  BOOST_TEST(silent.receive_rest().empty());
  http_test_client body(server.port());
  body.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe");
  BOOST_TEST(status_of(body.receive_rest()) == 408);
}

BOOST_AUTO_TEST_CASE(a_connection_is_kept_for_the_idle_time_and_no_longer) {
  http_limits limits;
  limits.idle_timeout = milliseconds{50};
  http_test_server server(with(limits));
  http_test_client client(server.port());
  BOOST_TEST(status_of(client.get("/hello")) == 200);
  BOOST_TEST(client.receive_rest().empty());
}

BOOST_AUTO_TEST_CASE(a_client_that_takes_nothing_is_left_after_the_write_timeout) {
  http_limits limits;
  limits.write_timeout = milliseconds{50};
  http_test_server server(with(limits));
  http_test_client lazy(server.port());
  lazy.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST((server.log_with("/large").find("left") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(requests_in_one_go_are_answered_one_by_one_also_when_answers_come_later) {
  http_test_server server;
  http_test_client client(server.port());
  client.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n" + post("two") +
              "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto reply = server.next_reply();
  reply({200, "text/plain", "one"});
  reply({200, "text/plain", "again"});
  BOOST_TEST(body_of(client.receive()) == "one");
  BOOST_TEST(body_of(client.receive()) == "two");
  BOOST_TEST(status_of(client.receive()) == 204);
  BOOST_TEST(body_of(client.receive()) == "hello");
}

BOOST_AUTO_TEST_CASE(an_exception_is_an_internal_error_and_a_reply_kept_by_it_does_nothing) {
  http_test_server server;
  http_test_client client(server.port());
  const auto answer = client.get("/throws");
  BOOST_TEST(status_of(answer) == 500);
  BOOST_TEST(code_of(answer) == "internal");
  BOOST_TEST(body_of(client.get("/hello")) == "hello");
}

BOOST_AUTO_TEST_CASE(a_forgotten_reply_closes_the_connection) {
  http_test_server server;
  http_test_client client(server.port());
  BOOST_TEST(client.get("/drops").empty());
  http_test_client other(server.port());
  other.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  server.next_reply();
  BOOST_TEST(other.receive_rest().empty());
}

BOOST_AUTO_TEST_CASE(replies_may_come_from_any_thread_and_after_the_end) {
  http_test_server server;
  http_test_client client(server.port());
  client.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  auto reply = server.next_reply();
  std::thread([&reply] { reply({200, "text/plain", "from afar"}); }).join();
  BOOST_TEST(body_of(client.receive()) == "from afar");
  client.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  reply = server.next_reply();
  server.end();
  reply({200, "text/plain", "too late"});
  BOOST_TEST(client.receive_rest().empty());
}

BOOST_AUTO_TEST_CASE(a_client_may_leave_while_its_request_is_at_work) {
  http_test_server server;
  http_reply reply;
  {
    http_test_client client(server.port());
    client.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
    reply = server.next_reply();
  }
  reply({200, "text/plain", std::string(1024 * 1024, 'x')});
  http_test_client other(server.port());
  BOOST_TEST(body_of(other.get("/hello")) == "hello");
}

BOOST_AUTO_TEST_CASE(a_draining_server_answers_what_it_has_and_takes_nothing_new) {
  http_test_server server;
  http_test_client idle(server.port());
  BOOST_TEST(status_of(idle.get("/hello")) == 200);
  http_test_client busy(server.port());
  busy.send("GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto reply = server.next_reply();
  server.listener().drain();
  BOOST_TEST(idle.receive_rest().empty());
  reply({200, "text/plain", "still"});
  const auto answer = busy.receive_rest();
  BOOST_TEST(status_of(answer) == 200);
  BOOST_CHECK_THROW(http_test_client late(server.port()), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
