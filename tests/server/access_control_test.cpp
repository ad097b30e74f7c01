#include "model/base/error.hpp"
#include "runtime/server/access_control.hpp"
#include "tests/server/access_token_maker.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace sluice;

namespace {

using security = server_settings::security_settings;

const std::string admin = "admin-token-0123456789";
const std::string reader = "read-token-0123456789";
const std::string secret = "a signing secret of 32 bytes, or more";

http_request request(http_fields fields = {}, std::string query = {}) {
  http_request made;
  made.method = "GET";
  made.path = "/api/v1/runs";
  made.query = std::move(query);
  made.remote = "127.0.0.1";
  made.fields = std::move(fields);
  made.fields.emplace_back("Host", "127.0.0.1:9464");
  return made;
}

http_request with_bearer(const std::string& token) {
  return request({{"Authorization", "Bearer " + token}});
}

security with_tokens() {
  security settings;
  settings.admin_token = admin;
  settings.read_token = reader;
  return settings;
}

security with_signing_secret() {
  security settings;
  settings.jwt.secret = secret;
  return settings;
}

/// Returns `name: role` for a caller that is let in, with a `?` for one that showed nothing, or the refusal's
/// status and code.
std::string admit(const access_control& access, const http_request& asked) {
  const auto verdict = access.admit(asked);
  if (const auto* const who = std::get_if<caller>(&verdict)) {
    constexpr const char* roles[] = {"none", "read", "admin"};
    return who->name + ": " + roles[static_cast<std::size_t>(who->role)] + (who->authenticated ? "" : "?");
  }
  const auto& refusal = std::get<http_response>(verdict);
  const auto start = refusal.body.find("\"code\":\"") + 8;
  return std::to_string(refusal.status) + " " +
         refusal.body.substr(start, refusal.body.find('"', start) - start);
}

std::string admit(const security& settings, const http_request& asked) {
  return admit(access_control(settings), asked);
}

std::string challenge(const security& settings, const http_request& asked) {
  const auto verdict = access_control(settings).admit(asked);
  for (const auto& [name, value] : std::get<http_response>(verdict).fields)
    if (name == "WWW-Authenticate")
      return value;
  return "none";
}

std::string complaint(const security& settings) {
  try {
    const access_control access(settings);
  } catch (const error& refused) {
    return refused.code() + ": " + refused.what();
  }
  return "taken";
}

/// A token that is good in the year 2027.
std::string web_token(const std::string& role) {
  return sign_hs256(R"({"alg":"HS256"})", R"({"sub":"ann","exp":1800000300,"role":")" + role + "\"}", secret);
}

utc_time in_2027() {
  return utc_time{std::chrono::seconds{1'800'000'000}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_to_the_server)

BOOST_AUTO_TEST_CASE(a_token_gives_its_role) {
  BOOST_TEST(admit(with_tokens(), with_bearer(admin)) == "admin-token: admin");
  BOOST_TEST(admit(with_tokens(), with_bearer(reader)) == "read-token: read");
  BOOST_TEST(admit(with_tokens(), request({{"X-Admin-Token", admin}})) == "admin-token: admin");
  BOOST_TEST(admit(with_tokens(), request({{"x-admin-token", reader}})) == "read-token: read");
  BOOST_TEST(admit(with_tokens(), request({{"authorization", "bearer   " + admin + " "}})) ==
             "admin-token: admin");
}

BOOST_AUTO_TEST_CASE(no_token_and_a_wrong_one_are_401_with_a_challenge) {
  BOOST_TEST(admit(with_tokens(), request()) == "401 unauthorized");
  BOOST_TEST(challenge(with_tokens(), request()) == R"(Bearer realm="sluice")");
  for (const auto& wrong : {admin + "x", admin.substr(1), admin.substr(0, admin.size() - 1), std::string("x"),
                            "A" + admin.substr(1), std::string(5000, 'x'), admin + " " + admin}) {
    BOOST_TEST(admit(with_tokens(), with_bearer(wrong)) == "401 bad_token", wrong);
    BOOST_TEST(challenge(with_tokens(), with_bearer(wrong)) ==
               R"(Bearer realm="sluice", error="invalid_token")");
  }
  for (const auto& field : {std::string("Basic YWRtaW46YWRtaW4="), admin, std::string("Bearer"),
                            std::string("Bearer "), std::string(), "Bearer\t" + admin})
    BOOST_TEST(admit(with_tokens(), request({{"Authorization", field}})) == "401 bad_token", field);
  BOOST_TEST(admit(with_tokens(), request({{"X-Admin-Token", ""}})) == "401 bad_token");
}

BOOST_AUTO_TEST_CASE(a_read_token_alone_lets_nobody_else_in) {
  security settings;
  settings.read_token = reader;
  BOOST_TEST(admit(settings, with_bearer(reader)) == "read-token: read");
  BOOST_TEST(admit(settings, with_bearer(admin)) == "401 bad_token");
  BOOST_TEST(admit(settings, request()) == "401 unauthorized");
}

BOOST_AUTO_TEST_CASE(a_token_in_the_query_is_refused_and_not_repeated) {
  for (const auto& query : std::vector<std::string>{"token=" + admin, "limit=1&access_token=" + admin,
                                                    "Admin_Token=x", "%74oken=x", "acc%65ss_token=x", "token",
                                                    "a=b&&jwt=x", "api_key=", "X-Admin-Token=" + admin}) {
    BOOST_TEST(admit(with_tokens(), request({}, query)) == "400 token_in_query", query);
    BOOST_TEST(admit(with_tokens(), request({{"X-Admin-Token", admin}}, query)) == "400 token_in_query",
               query);
    BOOST_TEST(admit(security{}, request({}, query)) == "400 token_in_query", query);
    const auto verdict = access_control(with_tokens()).admit(request({}, query));
    BOOST_TEST(std::get<http_response>(verdict).body.find(admin) == std::string::npos);
  }
  for (const auto* const query : {"", "limit=10", "tokens=1", "x=token=1", "%7=token", "cursor=token"})
    BOOST_TEST(admit(with_tokens(), request({{"X-Admin-Token", admin}}, query)) == "admin-token: admin",
               query);
}

BOOST_AUTO_TEST_CASE(two_tokens_must_agree) {
  BOOST_TEST(admit(with_tokens(), request({{"Authorization", "Bearer " + admin},
                                           {"X-Admin-Token", admin}})) == "admin-token: admin");
  BOOST_TEST(admit(with_tokens(), request({{"Authorization", "Bearer " + reader},
                                           {"X-Admin-Token", admin}})) == "400 conflicting_tokens");
  BOOST_TEST(admit(with_tokens(), request({{"X-Admin-Token", admin}, {"X-Admin-Token", admin}})) ==
             "400 bad_request");
  BOOST_TEST(admit(with_tokens(), request({{"Authorization", "Bearer " + admin}, {"authorization", "x"}})) ==
             "400 bad_request");
}

BOOST_AUTO_TEST_CASE(a_json_web_token_gives_the_role_it_names_until_it_expires) {
  const access_control access(with_signing_secret(), in_2027);
  BOOST_TEST(admit(access, with_bearer(web_token("admin"))) == "ann: admin");
  BOOST_TEST(admit(access, with_bearer(web_token("read"))) == "ann: read");
  BOOST_TEST(admit(access, with_bearer(web_token("cook"))) == "ann: none");
  BOOST_TEST(admit(access, with_bearer(web_token("admin") + "x")) == "401 bad_token");
  BOOST_TEST(admit(access, with_bearer("no.web.token")) == "401 bad_token");
  BOOST_TEST(admit(access, request()) == "401 unauthorized");
  const access_control later(with_signing_secret(), [] { return in_2027() + std::chrono::hours{1}; });
  BOOST_TEST(admit(later, with_bearer(web_token("admin"))) == "401 bad_token");
}

BOOST_AUTO_TEST_CASE(tokens_and_json_web_tokens_work_side_by_side) {
  auto settings = with_tokens();
  settings.jwt.secret = secret;
  const access_control access(settings, in_2027);
  BOOST_TEST(admit(access, with_bearer(admin)) == "admin-token: admin");
  BOOST_TEST(admit(access, with_bearer(web_token("read"))) == "ann: read");
}

BOOST_AUTO_TEST_CASE(with_nothing_set_up_this_machine_may_do_everything) {
  BOOST_TEST(admit(security{}, request()) == "anonymous: admin?");
  BOOST_TEST(admit(security{}, with_bearer("whatever")) == "anonymous: admin?");
  for (const auto* const remote : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"}) {
    auto asked = request();
    asked.remote = remote;
    BOOST_TEST(admit(security{}, asked) == "anonymous: admin?", remote);
  }
  for (const auto* const remote :
       {"10.0.0.1", "192.168.1.7", "::ffff:10.0.0.1", "fe80::1", "2001:db8::1", ""}) {
    auto asked = request();
    asked.remote = remote;
    BOOST_TEST(admit(security{}, asked) == "403 foreign_client", remote);
    BOOST_TEST(admit(with_tokens(), asked) == "401 unauthorized", remote);
  }
}

BOOST_AUTO_TEST_CASE(with_nothing_set_up_the_host_is_loopback_or_listed) {
  const auto for_host = [](const std::string& host) {
    auto asked = request();
    asked.fields = {{"Host", host}};
    return asked;
  };
  security listed;
  listed.hosts = {"sluice.example.org"};
  for (const auto* const host : {"localhost:9464", "127.0.0.1", "[::1]:9464", "LOCALHOST"})
    BOOST_TEST(admit(security{}, for_host(host)) == "anonymous: admin?", host);
  for (const auto* const host : {"sluice.example.org", "SLUICE.example.org:9464"}) {
    BOOST_TEST(admit(listed, for_host(host)) == "anonymous: admin?", host);
    BOOST_TEST(admit(security{}, for_host(host)) == "403 foreign_host", host);
    BOOST_TEST(admit(with_tokens(), for_host(host)) == "401 unauthorized", host);
  }
  for (const auto* const host :
       {"evil.example.org", "x.sluice.example.org", "sluice.example.org.evil.org", ""})
    BOOST_TEST(admit(listed, for_host(host)) == "403 foreign_host", host);
}

BOOST_AUTO_TEST_CASE(a_request_has_one_host) {
  for (const auto& settings : {security{}, with_tokens()}) {
    auto asked = with_bearer(admin);
    asked.fields.emplace_back("Host", "localhost");
    BOOST_TEST(admit(settings, asked) == "400 bad_request");
    asked.fields = {{"X-Admin-Token", admin}};
    BOOST_TEST(admit(settings, asked) == "400 bad_request");
    asked.http_1_0 = true;
    BOOST_TEST(admit(settings, asked) != "400 bad_request");
  }
}

BOOST_AUTO_TEST_CASE(with_nothing_set_up_pages_of_other_sites_are_refused) {
  security listed;
  listed.hosts = {"sluice.example.org"};
  BOOST_TEST(admit(security{}, request({{"Origin", "http://localhost:9464"}})) == "anonymous: admin?");
  BOOST_TEST(admit(listed, request({{"Origin", "https://sluice.example.org"}})) == "anonymous: admin?");
  for (const auto* const origin :
       {"https://evil.example.org", "null", "", "http://localhost.evil.org", "http://127.0.0.1.evil.org"})
    BOOST_TEST(admit(listed, request({{"Origin", origin}})) == "403 foreign_origin", origin);
  BOOST_TEST(admit(security{}, request({{"Sec-Fetch-Site", "cross-site"}})) == "403 foreign_origin");
  for (const auto* const site : {"same-origin", "same-site", "none"})
    BOOST_TEST(admit(security{}, request({{"Sec-Fetch-Site", site}})) == "anonymous: admin?", site);
}

BOOST_AUTO_TEST_CASE(only_who_shows_something_may_execute_unless_it_is_allowed_to_all) {
  const caller nobody{"anonymous", access_role::admin, false};
  const caller somebody{"admin-token", access_role::admin, true};
  const caller guest{"read-token", access_role::read, true};
  security open;
  open.allow_unauthenticated_exec = true;
  BOOST_TEST(!access_control(security{}).may_execute(nobody));
  BOOST_TEST(access_control(open).may_execute(nobody));
  BOOST_TEST(access_control(with_tokens()).may_execute(somebody));
  BOOST_TEST(!access_control(with_tokens()).may_execute(guest));
  auto both = with_tokens();
  both.allow_unauthenticated_exec = true;
  BOOST_TEST(!access_control(both).may_execute(nobody));
}

BOOST_AUTO_TEST_CASE(what_is_set_up_is_known) {
  BOOST_TEST(!access_control(security{}).has_credentials());
  BOOST_TEST(access_control(with_tokens()).has_credentials());
  BOOST_TEST(access_control(with_signing_secret()).has_credentials());
}

BOOST_AUTO_TEST_CASE(secrets_that_are_not_fit_are_refused_by_name_and_not_shown) {
  auto settings = with_tokens();
  settings.admin_token = "hunter2";
  BOOST_TEST(complaint(settings).starts_with("bad_configuration: security.admin_token: it has 7 characters"));
  BOOST_TEST(complaint(settings).find("hunter2") == std::string::npos);
  settings = with_tokens();
  settings.read_token = admin;
  BOOST_TEST(
      complaint(settings).starts_with("bad_configuration: security.read_token: it is the admin token"));
  settings = with_tokens();
  settings.jwt.secret = "short";
  BOOST_TEST(complaint(settings).starts_with("bad_configuration: security.jwt.secret"));
}

BOOST_AUTO_TEST_CASE(a_reload_takes_all_or_nothing) {
  access_control access(with_tokens());
  auto fresh = with_tokens();
  fresh.admin_token = "another-admin-token-0123";
  auto broken = fresh;
  broken.jwt.jwks_file = "/nowhere/keys.json";
  BOOST_CHECK_THROW(access.reload(broken), error);
  BOOST_TEST(admit(access, with_bearer(admin)) == "admin-token: admin");
  access.reload(fresh);
  BOOST_TEST(admit(access, with_bearer(admin)) == "401 bad_token");
  BOOST_TEST(admit(access, with_bearer(fresh.admin_token)) == "admin-token: admin");
  access.reload({});
  BOOST_TEST(admit(access, request()) == "anonymous: admin?");
}

BOOST_AUTO_TEST_CASE(requests_are_judged_while_tokens_change) {
  access_control access(with_tokens());
  auto other = with_tokens();
  other.read_token = "another-read-token-0123";
  std::atomic<bool> done{false};
  std::thread changing([&] {
    for (int round = 0; round < 500; ++round)
      access.reload(round % 2 == 0 ? other : with_tokens());
    done = true;
  });
  std::size_t wrong = 0;
  do {
    wrong += admit(access, with_bearer(admin)) == "admin-token: admin" ? 0 : 1;
    wrong += admit(access, with_bearer("never-right-0123456789")) == "401 bad_token" ? 0 : 1;
  } while (!done);
  changing.join();
  BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
