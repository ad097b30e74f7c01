#include "runtime/http/request_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace sluice {

namespace {

using outcome = request_reader::outcome;

constexpr const char* key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

http_limits small_limits() {
  http_limits limits;
  limits.header_bytes = 1000;
  limits.body_bytes = 100;
  return limits;
}

/// A reader and what it was given and has not used, as a session keeps it.
struct fed_reader {
  explicit fed_reader(http_limits allowed = small_limits()) : limits(allowed), reader(limits) {}

  outcome feed(std::string_view bytes) {
    pending += bytes;
    std::size_t used = 0;
    const auto result = reader.read(pending, used);
    pending.erase(0, used);
    return result;
  }

  http_limits limits;
  request_reader reader;
  std::string pending = {};
};

/// The status of the refusal of `bytes`; 0 when they are no refused request.
unsigned refusal_of(std::string_view bytes) {
  fed_reader fed;
  return fed.feed(bytes) == outcome::refused ? fed.reader.refusal().status : 0;
}

std::string with_fields(const std::string& fields, const std::string& line = "GET / HTTP/1.1") {
  return line + "\r\nHost: localhost\r\n" + fields + "\r\n";
}

bool wants_websocket(const std::string& request) {
  fed_reader fed;
  BOOST_REQUIRE((fed.feed(request) == outcome::complete));
  return fed.reader.request().wants_websocket;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_request_reader_test)

BOOST_AUTO_TEST_CASE(a_request_has_its_parts) {
  fed_reader fed;
  BOOST_TEST((fed.feed("POST /a?b=c HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello") ==
              outcome::complete));
  const auto& request = fed.reader.request();
  BOOST_TEST(request.method == "POST");
  BOOST_TEST(request.path == "/a");
  BOOST_TEST(request.query == "b=c");
  BOOST_TEST(!request.http_1_0);
  BOOST_TEST(request.body == "hello");
  BOOST_TEST(*request.find("host") == "localhost");
  BOOST_TEST((request.find("none") == nullptr));
  BOOST_TEST(fed.pending.empty());
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte) {
  const std::string text = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
  fed_reader fed;
  for (std::size_t at = 0; at + 1 < text.size(); ++at)
    BOOST_REQUIRE((fed.feed(text.substr(at, 1)) == outcome::incomplete));
  BOOST_TEST((fed.feed(text.substr(text.size() - 1)) == outcome::complete));
  BOOST_TEST(fed.reader.request().body == "abcde");
}

BOOST_AUTO_TEST_CASE(a_chunked_body_without_a_chunk_may_come_byte_by_byte) {
  const std::string text =
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  fed_reader fed;
  for (std::size_t at = 0; at + 1 < text.size(); ++at)
    BOOST_REQUIRE((fed.feed(text.substr(at, 1)) == outcome::incomplete));
  BOOST_TEST((fed.feed(text.substr(text.size() - 1)) == outcome::complete));
  BOOST_TEST(fed.reader.request().body.empty());
}

BOOST_AUTO_TEST_CASE(what_follows_a_request_is_left_for_the_next) {
  fed_reader fed;
  BOOST_TEST((fed.feed("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET") == outcome::complete));
  BOOST_TEST(fed.reader.request().path == "/1");
  fed.reader.start();
  BOOST_TEST((fed.feed("") == outcome::complete));
  BOOST_TEST(fed.reader.request().path == "/2");
  fed.reader.start();
  BOOST_TEST((fed.feed("") == outcome::incomplete));
  BOOST_TEST(fed.reader.began());
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_are_not_its_beginning) {
  fed_reader fed;
  BOOST_TEST((fed.feed("\r\n\r\n\r") == outcome::incomplete));
  BOOST_TEST(!fed.reader.began());
  BOOST_TEST((fed.feed("\nGET /1 HTTP/1.1\r\n\r\n") == outcome::complete));
  BOOST_TEST(fed.reader.request().path == "/1");
}

BOOST_AUTO_TEST_CASE(a_connection_is_kept_as_the_version_and_the_client_say) {
  const std::pair<const char*, bool> cases[] = {{"GET / HTTP/1.1\r\n\r\n", true},
                                                {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false},
                                                {"GET / HTTP/1.0\r\n\r\n", false},
                                                {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}};
  for (const auto& [text, kept] : cases) {
    fed_reader fed;
    BOOST_REQUIRE((fed.feed(text) == outcome::complete));
    BOOST_TEST(fed.reader.keep_alive() == kept, text);
  }
}

BOOST_AUTO_TEST_CASE(a_header_over_the_limit_is_refused_however_it_comes) {
  BOOST_TEST(refusal_of(with_fields("X: " + std::string(1000, 'x') + "\r\n")) == 431u);
  BOOST_TEST(refusal_of("GET /" + std::string(1000, 'x')) == 431u);
  // The first line and the fields count together.
  BOOST_TEST(refusal_of(with_fields("X: " + std::string(600, 'x') + "\r\n",
                                    "GET /" + std::string(600, 'x') + " HTTP/1.1")) == 431u);
  fed_reader fed;
  fed.feed("GET / HTTP/1.1\r\n");
  auto result = outcome::incomplete;
  for (int field = 0; field < 1000 && result == outcome::incomplete; ++field)
    result = fed.feed("X: y\r\n");
  BOOST_TEST((result == outcome::refused));
  BOOST_TEST(fed.reader.refusal().status == 431u);
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_refused_as_soon_as_that_is_known) {
  BOOST_TEST(refusal_of(with_fields("Content-Length: 101\r\n", "POST / HTTP/1.1")) == 413u);
  BOOST_TEST(refusal_of(with_fields("Content-Length: 100\r\n", "POST / HTTP/1.1")) == 0u);
  const auto chunked = with_fields("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.1");
  BOOST_TEST(refusal_of(chunked + "65\r\n") == 413u);
  BOOST_TEST(refusal_of(chunked + "32\r\n" + std::string(50, 'x') + "\r\n33\r\n") == 413u);
}

BOOST_AUTO_TEST_CASE(a_body_whose_end_could_be_read_in_two_ways_is_refused) {
  for (const std::string fields :
       {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Content-Length: +3\r\n",
        "Content-Length: 99999999999999999999999\r\n"})
    BOOST_TEST(refusal_of(with_fields(fields, "POST / HTTP/1.1")) == 400u, fields);
  BOOST_TEST(refusal_of(with_fields("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0")) == 400u);
}

BOOST_AUTO_TEST_CASE(chunks_have_no_room_for_endless_words_and_trailers_are_no_fields) {
  const auto chunked = with_fields("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.1");
  BOOST_TEST(refusal_of(chunked + "3;" + std::string(2000, 'x')) == 400u);
  BOOST_TEST(refusal_of(chunked + "0\r\nX: " + std::string(2000, 'x')) == 400u);
  BOOST_TEST(refusal_of(chunked + "x\r\n") == 400u);
  fed_reader fed;
  BOOST_TEST((fed.feed(chunked + "0\r\nAuthorization: Bearer x\r\n\r\n") == outcome::complete));
  BOOST_TEST((fed.reader.request().find("Authorization") == nullptr));
}

BOOST_AUTO_TEST_CASE(a_client_may_wait_for_100_continue_and_for_nothing_else) {
  fed_reader fed;
  fed.feed(with_fields("Content-Length: 3\r\nExpect: 100-continue\r\n", "POST / HTTP/1.1"));
  BOOST_TEST(fed.reader.wants_continue());
  fed.feed("a");
  BOOST_TEST(!fed.reader.wants_continue());
  BOOST_TEST(fed.reader.body_bytes() == 1u);
  BOOST_TEST(refusal_of(with_fields("Content-Length: 3\r\nExpect: tea\r\n", "POST / HTTP/1.1")) == 417u);
  // It is told at once that it may keep its body.
  BOOST_TEST(refusal_of(with_fields("Content-Length: 101\r\nExpect: 100-continue\r\n", "POST / HTTP/1.1")) ==
             413u);
}

BOOST_AUTO_TEST_CASE(garbage_is_refused) {
  for (const std::string text : {"hello\r\n\r\n", "GET  HTTP/9.9\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
                                 "GET / HTTP/1.1\r\nHost localhost\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
                                 "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "G\x01T / HTTP/1.1\r\n\r\n"})
    BOOST_TEST(refusal_of(text) == 400u, text);
}

BOOST_AUTO_TEST_CASE(a_websocket_is_asked_for_in_order_or_not_at_all) {
  const std::string asks = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  BOOST_TEST(wants_websocket(with_fields(asks + version + key)));
  BOOST_TEST(!wants_websocket(with_fields("")));
  BOOST_TEST(!wants_websocket(with_fields(asks + version)));
  BOOST_TEST(!wants_websocket(with_fields(asks + version + "Sec-WebSocket-Key: short\r\n")));
  BOOST_TEST(!wants_websocket(with_fields(asks + key)));
  BOOST_TEST(!wants_websocket(with_fields(asks + "Sec-WebSocket-Version: 8\r\n" + key)));
  BOOST_TEST(!wants_websocket(with_fields("Upgrade: websocket\r\n" + version + key)));
  BOOST_TEST(!wants_websocket(with_fields("Connection: Upgrade\r\nUpgrade: h2c\r\n" + version + key)));
  BOOST_TEST(!wants_websocket(with_fields(asks + version + key, "GET / HTTP/1.0")));
  BOOST_TEST(!wants_websocket(with_fields(asks + version + key, "POST / HTTP/1.1")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
