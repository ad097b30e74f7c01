#include "tests/runtime/http_test_client.hpp"
#include "tests/runtime/http_test_server.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sluice {

namespace {

using std::chrono::milliseconds;
using testing::body_of;
using testing::field_of;
using testing::http_test_client;
using testing::http_test_server;
using testing::status_of;
using clients = std::vector<std::unique_ptr<http_test_client>>;

http_listener_settings places(std::size_t connections, std::size_t refusals, milliseconds patience) {
  http_listener_settings settings;
  settings.limits.connections = connections;
  settings.limits.refusals = refusals;
  settings.limits.patience = patience;
  return settings;
}

void ask(http_test_client& client, const std::string& path) {
  client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

/// So many clients that send the beginning of a request and no more.
clients slow_clients(std::uint16_t port, int count) {
  clients slow;
  for (int client = 0; client < count; ++client) {
    slow.push_back(std::make_unique<http_test_client>(port));
    slow.back()->send("GET /hello HTTP/1.1\r\nHo");
  }
  return slow;
}

/// Sets how many files this process may open, while it lives.
class descriptor_limit {
public:
  explicit descriptor_limit(rlim_t wanted) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto changed = before_;
    changed.rlim_cur = std::min(wanted, before_.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &changed);
  }
  ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  descriptor_limit(const descriptor_limit&) = delete;
  descriptor_limit& operator=(const descriptor_limit&) = delete;

private:
  rlimit before_{};
};

/// Uses up all file descriptors of this process but one, while it lives.
class scarce_descriptors {
public:
  scarce_descriptors() : limit_(next_descriptor() + 64) {
    for (int one = ::dup(0); one >= 0; one = ::dup(0))
      held_.push_back(one);
    ::close(held_.back());
    held_.pop_back();
  }
  ~scarce_descriptors() {
    for (const int one : held_)
      ::close(one);
  }
  scarce_descriptors(const scarce_descriptors&) = delete;
  scarce_descriptors& operator=(const scarce_descriptors&) = delete;

private:
  static rlim_t next_descriptor() {
    const int one = ::dup(0);
    ::close(one);
    return static_cast<rlim_t>(one);
  }

  descriptor_limit limit_;
  std::vector<int> held_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(http_overload_test)

BOOST_AUTO_TEST_CASE(five_hundred_slow_clients_do_not_hold_up_others) {
  // Both ends of each connection are ours.
  const descriptor_limit enough(4096);
  auto settings = places(1024, 64, milliseconds{1'000});
  // Served one after the other, behind clients that never finish, none would have its answer while it waits.
  settings.limits.read_timeout = std::chrono::hours{1};
  http_test_server server(std::move(settings));
  const auto slow = slow_clients(server.port(), 500);
  for (int tries = 0; tries < 5; ++tries) {
    http_test_client quick(server.port());
    BOOST_TEST(status_of(quick.get("/hello")) == 200);
  }
  slow.back()->send("st: localhost\r\n\r\n");
  BOOST_TEST(status_of(slow.back()->receive()) == 200);
}

BOOST_AUTO_TEST_CASE(a_place_is_taken_from_the_one_that_has_been_idle_for_longest) {
  http_test_server server(places(2, 1, milliseconds{60'000}));
  http_test_client first(server.port());
  http_test_client second(server.port());
  BOOST_TEST(status_of(first.get("/hello")) == 200);
  BOOST_TEST(status_of(second.get("/hello")) == 200);
  BOOST_TEST(status_of(first.get("/hello")) == 200);
  http_test_client third(server.port());
  BOOST_TEST(status_of(third.get("/hello")) == 200);
  BOOST_TEST(second.receive_rest().empty());
  BOOST_TEST(status_of(first.get("/hello")) == 200);
  BOOST_TEST(server.listener().counters().replaced.load() == 1u);
}

BOOST_AUTO_TEST_CASE(slow_clients_give_way_to_new_ones_once_they_had_their_time) {
  http_test_server server(places(4, 1, milliseconds{0}));
  const auto slow = slow_clients(server.port(), 4);
  http_test_client quick(server.port());
  BOOST_TEST(status_of(quick.get("/hello")) == 200);
  BOOST_TEST(slow[0]->receive_rest().empty());
}

BOOST_AUTO_TEST_CASE(clients_whose_requests_still_come_are_not_replaced_at_once) {
  http_test_server server(places(2, 1, milliseconds{60'000}));
  const auto slow = slow_clients(server.port(), 2);
  http_test_client third(server.port());
  BOOST_TEST(status_of(third.get("/hello")) == 503);
  for (const auto& one : slow) {
    one->send("st: localhost\r\n\r\n");
    BOOST_TEST(status_of(one->receive()) == 200);
  }
}

BOOST_AUTO_TEST_CASE(without_a_place_a_client_is_told_so_and_far_beyond_it_is_closed) {
  http_test_server server(places(2, 1, milliseconds{0}));
  http_test_client working(server.port());
  ask(working, "/later");
  const auto reply = server.next_reply();
  http_test_client streaming(server.port());
  ask(streaming, "/events");
  const auto stream = server.next_stream();

  http_test_client third(server.port());
  http_test_client fourth(server.port());
  BOOST_TEST(fourth.receive_rest().empty());
  ask(third, "/hello");
  const auto refusal = third.receive_rest();
  BOOST_TEST(status_of(refusal) == 503);
  BOOST_TEST(nlohmann::json::parse(body_of(refusal)).at("error").at("code") == "too_many_connections");
  BOOST_TEST(field_of(refusal, "Connection") == "close");
  BOOST_TEST(server.listener().counters().refused.load() == 2u);

  // Those who have a place keep it.
  BOOST_TEST(stream->send("data: x\n\n"));
  BOOST_TEST(streaming.receive_until("data: x\n\n").ends_with("data: x\n\n"));
  reply({200, "text/plain", "done"});
  BOOST_TEST(body_of(working.receive()) == "done");
  // And an idle one has it no longer than until somebody needs it.
  http_test_client next(server.port());
  BOOST_TEST(status_of(next.get("/hello")) == 200);
}

BOOST_AUTO_TEST_CASE(without_descriptors_an_idle_connection_gives_way_and_the_reason_is_told) {
  http_test_server server(places(1024, 64, milliseconds{0}));
  http_test_client idle(server.port());
  BOOST_TEST(status_of(idle.get("/hello")) == 200);
  const scarce_descriptors scarce;
  http_test_client next(server.port());
  BOOST_TEST(status_of(next.get("/hello")) == 200);
  BOOST_TEST(idle.receive_rest().empty());
  BOOST_TEST((server.log_with("http_accept_failed").find("ulimit -n") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
