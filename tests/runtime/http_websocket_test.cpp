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

// Opcodes of RFC 6455, 5.2.
constexpr unsigned text_frame = 1;
constexpr unsigned close_frame = 8;
constexpr unsigned ping_frame = 9;
constexpr unsigned pong_frame = 10;

struct frame {
  unsigned opcode = 0;
  std::string payload;
};

std::string handshake(const std::string& path = "/socket", const std::string& version = "13") {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
         "Sec-WebSocket-Version: " + version + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

std::string open_socket(http_test_client& client) {
  client.send(handshake());
  return client.receive_until("\r\n\r\n");
}

/// Returns a client's frame: masked, by zeros.
std::string masked(const frame& one) {
  std::string text{static_cast<char>(0x80 | one.opcode)};
  if (one.payload.size() < 126) {
    text += static_cast<char>(0x80 | one.payload.size());
  } else {
    text += static_cast<char>(0x80 | 126);
    text += static_cast<char>(one.payload.size() >> 8);
    text += static_cast<char>(one.payload.size() & 255);
  }
  return text + std::string(4, '\0') + one.payload;
}

/// Returns a server's frame; opcode 0 at the connection's end.
frame receive_frame(http_test_client& client) {
  const auto head = client.receive_bytes(2);
  if (head.size() < 2)
    return {};
  const auto byte = [](const std::string& text, std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(text.at(at)));
  };
  std::size_t size = byte(head, 1);
  for (std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0, wide = 0; more > 0; more = 0) {
    const auto bytes = client.receive_bytes(more);
    for (std::size_t at = 0; at < more; ++at)
      wide = wide * 256 + byte(bytes, at);
    size = wide;
  }
  return {byte(head, 0) & 15U, client.receive_bytes(size)};
}

std::string close_payload(unsigned code, const std::string& reason) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 255)} + reason;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_websocket_test)

BOOST_AUTO_TEST_CASE(a_handshake_is_answered_and_pieces_are_messages) {
  http_test_server server;
  http_test_client client(server.port());
  const auto answer = open_socket(client);
  BOOST_TEST(status_of(answer) == 101);
  // The example of RFC 6455, 1.3.
  BOOST_TEST(field_of(answer, "Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  BOOST_TEST(!field_of(answer, "X-Request-Id").empty());
  const auto stream = server.next_stream();
  BOOST_TEST(stream->send("{\"n\":1}"));
  BOOST_TEST(stream->send(std::string(70'000, 'x')));
  const auto first = receive_frame(client);
  BOOST_TEST(first.opcode == text_frame);
  BOOST_TEST(first.payload == "{\"n\":1}");
  BOOST_TEST(receive_frame(client).payload.size() == 70'000u);
  BOOST_TEST(server.log_with("/socket").starts_with("http_request GET /socket 101 "));
}

BOOST_AUTO_TEST_CASE(closing_says_the_last_word_the_code_and_the_reason) {
  http_test_server server;
  http_test_client client(server.port());
  open_socket(client);
  server.next_stream()->close("{\"end\":true}", 1008, "too slow");
  BOOST_TEST(receive_frame(client).payload == "{\"end\":true}");
  const auto end = receive_frame(client);
  BOOST_TEST(end.opcode == close_frame);
  BOOST_TEST(end.payload == close_payload(1008, "too slow"));
  client.send(masked({close_frame, close_payload(1008, "")}));
  BOOST_TEST(client.receive_rest().empty());
  BOOST_TEST(server.seen.wait_for("closed"));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_answer_a_close_is_left) {
  http_limits limits;
  limits.linger = milliseconds{50};
  http_test_server server(with(limits));
  http_test_client client(server.port());
  open_socket(client);
  server.next_stream()->close("", 1000, "");
  BOOST_TEST(receive_frame(client).opcode == close_frame);
  BOOST_TEST(client.receive_rest().empty());
}

BOOST_AUTO_TEST_CASE(a_clients_close_is_answered_and_told) {
  http_test_server server;
  http_test_client client(server.port());
  open_socket(client);
  const auto stream = server.next_stream();
  client.send(masked({close_frame, close_payload(1001, "")}));
  BOOST_TEST(receive_frame(client).opcode == close_frame);
  client.finish();
  BOOST_TEST(server.seen.wait_for("closed"));
  BOOST_TEST(!stream->send("x"));
}

BOOST_AUTO_TEST_CASE(a_client_that_vanishes_is_noticed_once) {
  http_test_server server;
  auto client = std::make_unique<http_test_client>(server.port());
  open_socket(*client);
  server.next_stream();
  client.reset();
  BOOST_TEST(server.seen.wait_for("closed"));
  server.end();
  BOOST_TEST(server.seen.count("closed") == 1);
}

BOOST_AUTO_TEST_CASE(a_ping_is_answered_also_when_it_came_with_the_handshake) {
  http_test_server server;
  http_test_client client(server.port());
  client.send(handshake() + masked({ping_frame, "early"}));
  client.receive_until("\r\n\r\n");
  const auto pong = receive_frame(client);
  BOOST_TEST(pong.opcode == pong_frame);
  BOOST_TEST(pong.payload == "early");
  client.send(masked({ping_frame, "late"}));
  BOOST_TEST(receive_frame(client).payload == "late");
}

BOOST_AUTO_TEST_CASE(messages_of_a_client_are_ignored_up_to_their_limit) {
  http_test_server server;
  http_test_client client(server.port());
  open_socket(client);
  const auto stream = server.next_stream();
  client.send(masked({text_frame, std::string(4096, 'x')}));
  client.send(masked({text_frame, "hello"}));
  BOOST_TEST(stream->send("still here"));
  BOOST_TEST(receive_frame(client).payload == "still here");
  client.send(masked({text_frame, std::string(4097, 'x')}));
  const auto end = receive_frame(client);
  BOOST_TEST(end.opcode == close_frame);
  BOOST_TEST(end.payload.substr(0, 2) == close_payload(1009, ""));
  BOOST_TEST(server.seen.wait_for("closed"));
}

BOOST_AUTO_TEST_CASE(a_silent_client_is_pinged_and_left_when_it_stays_silent) {
  http_limits limits;
  limits.heartbeat = milliseconds{50};
  http_test_server server(with(limits));
  http_test_client silent(server.port());
  open_socket(silent);
  BOOST_TEST(receive_frame(silent).opcode == ping_frame);
  BOOST_TEST(server.seen.wait_for("closed"));
}

BOOST_AUTO_TEST_CASE(a_client_that_answers_pings_is_kept) {
  http_limits limits;
  // Longer than a slow machine is late with a pong.
  limits.heartbeat = milliseconds{1'000};
  http_test_server server(with(limits));
  http_test_client client(server.port());
  open_socket(client);
  const auto stream = server.next_stream();
  for (int ping = 0; ping < 3; ++ping) {
    const auto one = receive_frame(client);
    BOOST_REQUIRE(one.opcode == ping_frame);
    client.send(masked({pong_frame, one.payload}));
  }
  BOOST_TEST(stream->send("kept"));
  BOOST_TEST(receive_frame(client).payload == "kept");
}

BOOST_AUTO_TEST_CASE(a_websocket_path_asked_otherwise_says_what_it_needs) {
  http_test_server server;
  http_test_client client(server.port());
  for (const std::string& request : {std::string("GET /socket HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                                     handshake("/socket", "8"), handshake("/socket", "x")}) {
    client.send(request);
    const auto answer = client.receive();
    BOOST_TEST(status_of(answer) == 426);
    BOOST_TEST(field_of(answer, "Upgrade") == "websocket");
    BOOST_TEST(field_of(answer, "Sec-WebSocket-Version") == "13");
  }
  BOOST_TEST(server.seen.count("opened") == 0);
  // Other paths answer as ever.
  client.send(handshake("/hello"));
  BOOST_TEST(status_of(client.receive()) == 200);
}

BOOST_AUTO_TEST_CASE(all_messages_arrive_in_order) {
  constexpr int messages = 10'000;
  http_test_server server;
  http_test_client client(server.port());
  open_socket(client);
  const auto stream = server.next_stream();
  std::thread sender([&stream] {
    for (int message = 0; message < messages; ++message)
      while (!stream->send(std::to_string(message)))
        std::this_thread::yield();
    stream->close("", 1000, "done");
  });
  int wrong = 0;
  for (int message = 0; message < messages; ++message)
    wrong += receive_frame(client).payload == std::to_string(message) ? 0 : 1;
  BOOST_TEST(wrong == 0);
  BOOST_TEST(receive_frame(client).opcode == close_frame);
  sender.join();
}

BOOST_AUTO_TEST_CASE(a_slow_reader_is_refused_more_and_told_why) {
  http_limits limits;
  limits.stream_bytes = 100'000;
  http_test_server server(with(limits));
  http_test_client slow(server.port());
  open_socket(slow);
  const auto stream = server.next_stream();
  int sent = 0;
  while (stream->send(std::string(10'000, 'x')))
    ++sent;
  stream->close("", 1008, "slow");
  for (int message = 0; message < sent; ++message)
    BOOST_REQUIRE(receive_frame(slow).payload.size() == 10'000u);
  BOOST_TEST(receive_frame(slow).payload == close_payload(1008, "slow"));
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_away_says_so_after_what_waits) {
  http_test_server server;
  http_test_client client(server.port());
  open_socket(client);
  const auto stream = server.next_stream();
  BOOST_TEST(stream->send("last"));
  server.listener().close_streams();
  BOOST_TEST(receive_frame(client).payload == "last");
  BOOST_TEST(receive_frame(client).payload.substr(0, 2) == close_payload(1001, ""));
  BOOST_TEST(server.seen.wait_for("closed"));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_server_closes_its_websockets) {
  http_test_server server;
  http_test_client client(server.port());
  open_socket(client);
  const auto stream = server.next_stream();
  server.end();
  BOOST_TEST(server.seen.count("closed") == 1);
  BOOST_TEST(!stream->send("x"));
  BOOST_TEST(client.receive_rest().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
