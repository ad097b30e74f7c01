#include "runtime/server/stream_permit.hpp"
#include "tests/server/access_token_maker.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <variant>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const std::string permit_secret = "a signing secret of 32 bytes, or more";
constexpr const char* admin_token = "an-admin-token-of-this-test";
constexpr const char* read_token = "a-read-token-of-this-test";

server_settings::security_settings with_all_tokens() {
  server_settings::security_settings settings;
  settings.admin_token = admin_token;
  settings.read_token = read_token;
  settings.jwt.secret = permit_secret;
  return settings;
}

/// A server's access control at a time that the test sets, and a client that was let in.
struct permit_scene {
  http_request request_with(const std::string& token) {
    http_request request;
    request.method = "GET";
    request.path = "/api/v1/events/stream";
    request.remote = "127.0.0.1";
    request.fields = {{"Host", "127.0.0.1"}, {"Authorization", "Bearer " + token}};
    const auto admitted = access.admit(request);
    BOOST_REQUIRE(std::holds_alternative<caller>(admitted));
    request.who = std::get<caller>(admitted);
    return request;
  }
  stream_permit let_in(const std::string& token) { return {access, request_with(token)}; }
  std::string web_token(const std::string& role = "read") const {
    return sign_hs256(R"({"alg":"HS256"})", R"({"sub":"ann","exp":1800000300,"role":")" + role + "\"}",
                      permit_secret);
  }

  utc_time now{1'800'000'000s};
  access_control access{with_all_tokens(), [this] { return now; }};
};

} // namespace

BOOST_AUTO_TEST_SUITE(the_right_to_read_a_stream)

BOOST_AUTO_TEST_CASE(lasts_as_long_as_the_token_is_one) {
  permit_scene scene;
  auto permit = scene.let_in(read_token);
  BOOST_TEST(!permit.objection().has_value());
  auto settings = with_all_tokens();
  settings.admin_token = "another-admin-token-of-this-test";
  scene.access.reload(settings);
  BOOST_TEST(!permit.objection().has_value());
  settings.read_token = "another-read-token-of-this-test";
  scene.access.reload(settings);
  BOOST_REQUIRE(permit.objection().has_value());
  BOOST_TEST(permit.objection()->find("taken back") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_looked_at_again_after_a_reload_between_the_request_and_the_stream) {
  permit_scene scene;
  const auto request = scene.request_with(read_token);
  auto settings = with_all_tokens();
  settings.read_token = "another-read-token-of-this-test";
  scene.access.reload(settings);
  stream_permit permit(scene.access, request);
  BOOST_TEST(permit.objection().has_value());
}

BOOST_AUTO_TEST_CASE(ends_when_a_web_token_expires_with_the_same_leeway_as_for_a_request) {
  permit_scene scene;
  auto permit = scene.let_in(scene.web_token());
  BOOST_TEST(!permit.objection().has_value());
  scene.now += 359s;
  BOOST_TEST(!permit.objection().has_value());
  scene.now += 1s;
  BOOST_TEST(permit.objection().has_value());
  const auto asked = scene.access.admit(permit_scene().request_with(scene.web_token()));
  BOOST_TEST(std::holds_alternative<http_response>(asked));
}

BOOST_AUTO_TEST_CASE(ends_with_the_role) {
  permit_scene scene;
  auto permit = scene.let_in(scene.web_token("reader"));
  BOOST_TEST(permit.objection().value().find("role") != std::string::npos);
  auto settings = with_all_tokens();
  settings.jwt.read_value = "reader";
  scene.access.reload(settings);
  BOOST_TEST(!permit.objection().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
