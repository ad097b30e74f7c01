#include "runtime/http/request_ids.hpp"
#include "runtime/http/response_head.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace sluice {

namespace {

const response_frame kept{"id-1", "Thu, 01 Jan 1970 00:00:00 GMT", false, true, false};

bool has(const std::string& head, const std::string& line) {
  return head.find("\r\n" + line + "\r\n") != std::string::npos;
}

std::size_t count(const std::string& head, const std::string& part) {
  std::size_t found = 0;
  for (auto at = head.find(part); at != std::string::npos; at = head.find(part, at + 1))
    ++found;
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_response_head_test)

BOOST_AUTO_TEST_CASE(a_head_names_status_type_length_date_and_request) {
  const auto head = response_head({200, "text/plain", "12345"}, kept);
  BOOST_TEST(head.starts_with("HTTP/1.1 200 OK\r\n"));
  for (const char* line : {"Content-Type: text/plain", "Content-Length: 5", "X-Request-Id: id-1",
                           "Date: Thu, 01 Jan 1970 00:00:00 GMT", "Cache-Control: no-store",
                           "X-Content-Type-Options: nosniff", "Server: sluice"})
    BOOST_TEST(has(head, line), line);
  BOOST_TEST(head.ends_with("\r\n\r\n"));
  BOOST_TEST(count(head, "Connection") == 0u);
}

BOOST_AUTO_TEST_CASE(a_handler_replaces_what_is_usual_but_not_the_framing) {
  http_response answer{200, "text/plain", "x"};
  answer.fields = {{"cache-control", "max-age=60"},
                   {"Content-Length", "99"},
                   {"Connection", "keep-alive"},
                   {"Allow", "GET"}};
  const auto head = response_head(answer, kept);
  BOOST_TEST(has(head, "cache-control: max-age=60"));
  BOOST_TEST(has(head, "Allow: GET"));
  BOOST_TEST(count(head, "no-store") == 0u);
  BOOST_TEST(count(head, "Content-Length") == 1u);
  BOOST_TEST(has(head, "Content-Length: 1"));
  BOOST_TEST(count(head, "Connection") == 0u);
}

BOOST_AUTO_TEST_CASE(a_value_cannot_begin_another_field) {
  http_response answer{200, "text/plain", ""};
  answer.fields = {{"Location", "/a\r\nSet-Cookie: x=y"}};
  const auto head = response_head(answer, kept);
  BOOST_TEST(has(head, "Location: /aSet-Cookie: x=y"));
  BOOST_TEST(count(head, "\r\nSet-Cookie") == 0u);
}

BOOST_AUTO_TEST_CASE(the_connection_field_says_what_the_version_does_not) {
  auto frame = kept;
  frame.keep_alive = false;
  BOOST_TEST(has(response_head({200, "", ""}, frame), "Connection: close"));
  frame.keep_alive = true;
  frame.http_1_0 = true;
  BOOST_TEST(has(response_head({200, "", ""}, frame), "Connection: keep-alive"));
}

BOOST_AUTO_TEST_CASE(a_stream_has_chunks_instead_of_a_length_and_is_not_buffered) {
  auto frame = kept;
  frame.endless = true;
  frame.keep_alive = false;
  const auto head = response_head({200, "text/event-stream", ""}, frame);
  BOOST_TEST(has(head, "Transfer-Encoding: chunked"));
  BOOST_TEST(has(head, "X-Accel-Buffering: no"));
  BOOST_TEST(count(head, "Content-Length") == 0u);
  frame.http_1_0 = true;
  BOOST_TEST(count(response_head({200, "text/event-stream", ""}, frame), "chunked") == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_body_has_no_length) {
  BOOST_TEST(count(response_head({204, "", ""}, kept), "Content-") == 1u); // X-Content-Type-Options
  BOOST_TEST(has(response_head({404, "", ""}, kept), "Content-Length: 0"));
}

BOOST_AUTO_TEST_CASE(a_date_is_in_the_form_of_the_web_and_moves_on) {
  http_date date;
  BOOST_TEST(date.at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  BOOST_TEST(date.at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  BOOST_TEST(date.at(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
}

BOOST_AUTO_TEST_CASE(a_clients_id_is_kept_when_it_is_harmless) {
  request_ids ids(0xabcdef);
  http_request request;
  for (const std::string& id : {std::string("a"), std::string("A-b_c.9"), std::string(64, 'x')}) {
    request.fields = {{"x-request-id", id}};
    BOOST_TEST(ids.name(request) == id);
  }
  for (const std::string& id : {std::string(""), std::string("a b"), std::string("a\"b"),
                                std::string(65, 'x'), std::string("ä"), std::string("a/b")}) {
    request.fields = {{"X-Request-Id", id}};
    BOOST_TEST(ids.name(request) != id);
    BOOST_TEST(is_request_id(ids.name(request)));
  }
}

BOOST_AUTO_TEST_CASE(our_ids_tell_servers_and_requests_apart_and_grow) {
  request_ids ids(0xabcdef);
  request_ids others(0xabcdee);
  const auto first = ids.next();
  BOOST_TEST(first == "000000abcdef-000000000001");
  BOOST_TEST(first < ids.next());
  BOOST_TEST(first != others.next());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
