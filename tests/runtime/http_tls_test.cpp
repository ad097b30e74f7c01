#include "model/base/error.hpp"
#include "tests/runtime/http_test_client.hpp"
#include "tests/runtime/http_test_server.hpp"
#include "tests/runtime/https_test_client.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace sluice {

namespace {

using testing::body_of;
using testing::field_of;
using testing::http_test_client;
using testing::http_test_server;
using testing::https_test_client;
using testing::status_of;
using testing::test_certificate;

http_listener_settings tls(const test_certificate& identity, http_limits limits = {}) {
  http_listener_settings settings;
  settings.limits = limits;
  settings.tls = tls_files{identity.certificate(), identity.key()};
  return settings;
}

/// The text of the error for these files; fails when there is none.
std::string refusal_of(const std::string& certificate, const std::string& key) {
  try {
    const tls_context context({certificate, key});
  } catch (const error& failure) {
    BOOST_TEST(failure.code() == "bad_certificate");
    return failure.what();
  }
  BOOST_TEST(false, "no error for " << certificate << " and " << key);
  return {};
}

void replace(const test_certificate& old, const test_certificate& fresh) {
  using std::filesystem::copy_options;
  std::filesystem::copy_file(fresh.certificate(), old.certificate(), copy_options::overwrite_existing);
  std::filesystem::copy_file(fresh.key(), old.key(), copy_options::overwrite_existing);
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_tls_test)

BOOST_AUTO_TEST_CASE(requests_are_answered_over_tls) {
  const test_certificate identity("sluice.example");
  http_test_server server(tls(identity));
  https_test_client client(server.port());
  BOOST_TEST(client.server_name() == "sluice.example");
  BOOST_TEST(body_of(client.get("/hello")) == "hello");
  BOOST_TEST(body_of(client.get("/large")).size() == 8u * 1024 * 1024);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nthere");
  BOOST_TEST(body_of(client.receive_rest()) == "there");
}

BOOST_AUTO_TEST_CASE(old_protocols_are_not_spoken) {
  const test_certificate identity("sluice.example");
  http_test_server server(tls(identity));
  constexpr int tls_1_1 = 0x0302;
  constexpr int tls_1_2 = 0x0303;
  BOOST_CHECK_THROW(https_test_client old(server.port(), tls_1_1), std::runtime_error);
  BOOST_TEST(status_of(https_test_client(server.port(), tls_1_2).get("/hello")) == 200);
}

BOOST_AUTO_TEST_CASE(plain_http_to_a_tls_port_is_told_so) {
  const test_certificate identity("sluice.example");
  http_test_server server(tls(identity));
  http_test_client plain(server.port());
  plain.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answer = plain.receive_rest();
  BOOST_TEST(status_of(answer) == 400);
  BOOST_TEST(contains(answer, "https_required"));
  http_test_client garbage(server.port());
  garbage.send("\x16\x03garbage that is no handshake at all");
  garbage.finish();
  garbage.receive_rest();
  BOOST_TEST(status_of(https_test_client(server.port()).get("/hello")) == 200);
}

BOOST_AUTO_TEST_CASE(a_handshake_has_the_time_of_a_request) {
  const test_certificate identity("sluice.example");
  http_limits limits;
  limits.read_timeout = std::chrono::milliseconds{500};
  http_test_server server(tls(identity, limits));
  http_test_client silent(server.port());
  http_test_client half(server.port());
  half.send("\x16\x03\x01");
  BOOST_TEST(silent.receive_rest().empty());
  BOOST_TEST(half.receive_rest().empty());
}

BOOST_AUTO_TEST_CASE(streams_go_over_tls_and_end) {
  const test_certificate identity("sluice.example");
  http_test_server server(tls(identity));
  https_test_client client(server.port());
  client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(field_of(client.receive_until("\r\n\r\n"), "Content-Type") == "text/event-stream");
  const auto stream = server.next_stream();
  BOOST_TEST(stream->send("data: 1\n\n"));
  BOOST_TEST(client.receive_until("1\n\n\r\n") == "9\r\ndata: 1\n\n\r\n");
  stream->close("data: 2\n\n", 1000, "");
  BOOST_TEST(client.receive_rest() == "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  BOOST_TEST(server.seen.wait_for("closed"));
}

BOOST_AUTO_TEST_CASE(websockets_go_over_tls) {
  const test_certificate identity("sluice.example");
  http_test_server server(tls(identity));
  https_test_client client(server.port());
  client.send("GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  BOOST_TEST(status_of(client.receive_until("\r\n\r\n")) == 101);
  BOOST_TEST(server.next_stream()->send("hello"));
  BOOST_TEST(client.receive_until("hello") == "\x81\x05hello");
}

BOOST_AUTO_TEST_CASE(a_large_body_is_refused_over_tls_too) {
  const test_certificate identity("sluice.example");
  http_test_server server(tls(identity));
  https_test_client client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n" +
              std::string(100'000, 'x'));
  BOOST_TEST(status_of(client.receive()) == 413);
}

BOOST_AUTO_TEST_CASE(a_new_certificate_is_for_new_connections_and_old_ones_go_on) {
  const test_certificate identity("old.example");
  const test_certificate fresh("new.example");
  http_test_server server(tls(identity));
  https_test_client before(server.port());
  BOOST_TEST(status_of(before.get("/hello")) == 200);
  replace(identity, fresh);
  server.listener().reload_tls();
  BOOST_TEST(https_test_client(server.port()).server_name() == "new.example");
  BOOST_TEST(status_of(before.get("/hello")) == 200);
  BOOST_TEST(before.server_name() == "old.example");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_cannot_be_loaded_leaves_the_old_one) {
  const test_certificate identity("old.example");
  http_test_server server(tls(identity));
  std::ofstream(identity.key()) << "no key";
  BOOST_CHECK_EXCEPTION(server.listener().reload_tls(), error, [&](const error& failure) {
    return failure.code() == "bad_certificate" && contains(failure.what(), identity.key());
  });
  BOOST_TEST(https_test_client(server.port()).server_name() == "old.example");
}

BOOST_AUTO_TEST_CASE(each_mistake_with_the_files_names_the_file) {
  const test_certificate one("one.example");
  const test_certificate other("other.example");
  const test_certificate expired("expired.example", -1);
  const auto missing = one.certificate() + ".missing";
  BOOST_TEST(contains(refusal_of(missing, one.key()), missing + "' cannot be used: No such file"));
  BOOST_TEST(contains(refusal_of(one.certificate(), missing), missing));
  BOOST_TEST(contains(refusal_of(one.key(), one.key()), "certificate '" + one.key() + "' cannot be used"));
  BOOST_TEST(contains(refusal_of(one.certificate(), one.certificate()), "private key"));
  const auto mismatch = refusal_of(one.certificate(), other.key());
  BOOST_TEST(contains(mismatch, other.key()));
  BOOST_TEST(contains(mismatch, "does not belong to the certificate '" + one.certificate()));
  BOOST_TEST(contains(refusal_of(expired.certificate(), expired.key()), "expired"));
  const auto directory = std::filesystem::path(one.key()).parent_path().string();
  BOOST_TEST(contains(refusal_of(directory, one.key()), directory));
}

BOOST_AUTO_TEST_CASE(an_encrypted_key_is_refused_without_asking_anybody) {
  const test_certificate identity("sluice.example");
  std::ofstream(identity.key()) << "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                                   "MIGbMFcGCSqGSIb3DQEFDTBK\n-----END ENCRYPTED PRIVATE KEY-----\n";
  BOOST_TEST(contains(refusal_of(identity.certificate(), identity.key()), "without a passphrase"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
