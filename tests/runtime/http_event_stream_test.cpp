#include "tests/runtime/http_test_client.hpp"
#include "tests/runtime/http_test_server.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace sluice {

namespace {

using std::chrono::milliseconds;
using testing::field_of;
using testing::http_test_client;
using testing::http_test_server;
using testing::status_of;
using testing::with;

/// Opens `/events` and returns the response's head.
std::string open_events(http_test_client& client, const std::string& version = "1.1") {
  client.send("GET /events HTTP/" + version + "\r\nHost: localhost\r\n\r\n");
  return client.receive_until("\r\n\r\n");
}

/// Returns the bodies of all chunks of what is left.
std::string unchunked(const std::string& text) {
  std::string body;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find("\r\n", at);
    const auto size = std::stoul(text.substr(at, end - at), nullptr, 16);
    body += text.substr(end + 2, size);
    at = end + 2 + size + 2;
  }
  return body;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_event_stream_test)

BOOST_AUTO_TEST_CASE(a_stream_has_its_head_its_pieces_and_its_end) {
  http_test_server server;
  http_test_client client(server.port());
  const auto head = open_events(client);
  BOOST_TEST(status_of(head) == 200);
  BOOST_TEST(field_of(head, "Content-Type") == "text/event-stream");
  BOOST_TEST(field_of(head, "Cache-Control") == "no-store");
  BOOST_TEST(field_of(head, "X-Accel-Buffering") == "no");
  BOOST_TEST(field_of(head, "Transfer-Encoding") == "chunked");
  BOOST_TEST(!field_of(head, "X-Request-Id").empty());
  const auto stream = server.next_stream();
  BOOST_TEST(stream->send("data: 1\n\n"));
  BOOST_TEST(client.receive_until("1\n\n\r\n") == "9\r\ndata: 1\n\n\r\n");
  BOOST_TEST(server.listener().counters().streams.load() == 1u);
  stream->close("event: end\n\n", 1000, "");
  BOOST_TEST(client.receive_rest() == "c\r\nevent: end\n\n\r\n0\r\n\r\n");
  BOOST_TEST(server.seen.wait_for("closed"));
  BOOST_TEST(!stream->send("data: 2\n\n"));
}

BOOST_AUTO_TEST_CASE(an_old_client_gets_the_pieces_as_they_are) {
  http_test_server server;
  http_test_client client(server.port());
  BOOST_TEST(field_of(open_events(client, "1.0"), "Transfer-Encoding").empty());
  const auto stream = server.next_stream();
  BOOST_TEST(stream->send("data: 1\n\n"));
  stream->close("", 1000, "");
  BOOST_TEST(client.receive_rest() == "data: 1\n\n");
}

BOOST_AUTO_TEST_CASE(head_of_a_stream_opens_none) {
  http_test_server server;
  http_test_client client(server.port());
  client.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(field_of(client.receive_rest(), "Content-Type") == "text/event-stream");
  BOOST_TEST(server.seen.count("opened") == 0);
}

BOOST_AUTO_TEST_CASE(everything_that_was_taken_arrives_in_order) {
  constexpr int pieces = 50'000;
  http_test_server server;
  http_test_client client(server.port());
  open_events(client);
  const auto stream = server.next_stream();
  std::string sent;
  std::thread sender([&] {
    for (int piece = 0; piece < pieces; ++piece) {
      const auto text = "id: " + std::to_string(piece) + "\n\n";
      while (!stream->send(text))
        std::this_thread::yield();
      sent += text;
    }
    stream->close("", 1000, "");
  });
  const auto got = client.receive_rest();
  sender.join();
  BOOST_TEST((unchunked(got) == sent));
}

BOOST_AUTO_TEST_CASE(a_silent_stream_gives_signs_of_life) {
  http_limits limits;
  limits.heartbeat = milliseconds{20};
  http_test_server server(with(limits));
  http_test_client client(server.port());
  open_events(client);
  for (int beat = 0; beat < 3; ++beat)
    BOOST_TEST(client.receive_until("\n\n\r\n") == "e\r\n: keep-alive\n\n\r\n");
  BOOST_TEST(server.next_stream()->waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_is_noticed_once_while_nothing_is_sent) {
  http_test_server server;
  auto client = std::make_unique<http_test_client>(server.port());
  open_events(*client);
  const auto stream = server.next_stream();
  client.reset();
  BOOST_TEST(server.seen.wait_for("closed"));
  BOOST_TEST(!stream->send("data: x\n\n"));
  stream->close("late", 1000, "");
  server.end();
  BOOST_TEST(server.seen.count("closed") == 1);
}

BOOST_AUTO_TEST_CASE(what_a_client_says_on_a_stream_is_not_heard) {
  http_test_server server;
  http_test_client client(server.port());
  open_events(client);
  const auto stream = server.next_stream();
  client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(stream->send("data: 1\n\n"));
  stream->close("", 1000, "");
  BOOST_TEST(unchunked(client.receive_rest()) == "data: 1\n\n");
}

BOOST_AUTO_TEST_CASE(a_slow_reader_is_refused_more_and_gets_the_last_word) {
  http_limits limits;
  limits.stream_bytes = 100'000;
  http_test_server server(with(limits));
  http_test_client slow(server.port());
  open_events(slow);
  const auto stream = server.next_stream();
  std::string sent;
  const std::string piece(10'000, 'x');
  while (stream->send(piece))
    sent += piece;
  BOOST_TEST(stream->waiting() > limits.stream_bytes);
  BOOST_TEST(stream->waiting() <= limits.stream_bytes + piece.size());
  stream->close("event: error\n\n", 1008, "slow");
  BOOST_TEST((unchunked(slow.receive_rest()) == sent + "event: error\n\n"));
  BOOST_TEST(server.seen.wait_for("closed"));
}

BOOST_AUTO_TEST_CASE(a_client_that_takes_nothing_is_cut_off) {
  http_limits limits;
  limits.write_timeout = milliseconds{100};
  http_test_server server(with(limits));
  http_test_client lazy(server.port());
  open_events(lazy);
  const auto stream = server.next_stream();
  const std::string piece(100'000, 'x');
  while (stream->send(piece) || stream->waiting() > 0)
    std::this_thread::yield();
  BOOST_TEST(server.seen.wait_for("closed"));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_server_closes_its_streams_and_leaves_their_handles_harmless) {
  http_test_server server;
  http_test_client client(server.port());
  open_events(client);
  const auto stream = server.next_stream();
  server.end();
  BOOST_TEST(server.seen.count("closed") == 1);
  BOOST_TEST(!stream->send("data: x\n\n"));
  stream->close("x", 1000, "");
  BOOST_TEST(stream->waiting() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
