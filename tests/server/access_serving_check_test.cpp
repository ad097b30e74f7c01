#include "model/base/error.hpp"
#include "runtime/server/serving_check.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

namespace {

server_settings listening_on(const std::string& address, bool with_token) {
  server_settings settings;
  settings.http.listen = address;
  if (with_token)
    settings.security.admin_token = "admin-token-0123456789";
  return settings;
}

std::string check(const server_settings& settings) {
  findings found;
  check_serving(settings, found);
  std::string lines;
  for (const auto& one : found)
    lines += to_string(one) + "\n";
  return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_serving_check)

BOOST_AUTO_TEST_CASE(loopback_needs_no_token) {
  for (const auto* const address : {"127.0.0.1:9464", "[::1]:0", "localhost:80"})
    BOOST_TEST(check(listening_on(address, false)) == "", address);
}

BOOST_AUTO_TEST_CASE(an_address_for_others_is_refused_without_a_token) {
  for (const auto* const address : {"0.0.0.0:9464", "[::]:9464", "10.0.0.1:80"}) {
    BOOST_CHECK_EXCEPTION((void)allowed_listen_address(listening_on(address, false)), error,
                          [](const error& refused) { return refused.code() == "not_loopback"; });
    const auto complaint = check(listening_on(address, false));
    BOOST_TEST(complaint.starts_with("error: http.listen: will not listen on '" + std::string(address)),
               complaint);
    BOOST_TEST(complaint.find("security.admin_token_file") != std::string::npos, complaint);
  }
}

BOOST_AUTO_TEST_CASE(any_credentials_open_the_address) {
  BOOST_TEST(to_string(allowed_listen_address(listening_on("0.0.0.0:9464", true))) == "0.0.0.0:9464");
  auto settings = listening_on("0.0.0.0:9464", false);
  settings.security.read_token = "read-token-0123456789";
  BOOST_CHECK_NO_THROW((void)allowed_listen_address(settings));
  settings = listening_on("0.0.0.0:9464", false);
  settings.security.jwt.secret = "a signing secret of 32 bytes, or more";
  BOOST_CHECK_NO_THROW((void)allowed_listen_address(settings));
}

BOOST_AUTO_TEST_CASE(tokens_in_the_clear_are_a_warning) {
  auto settings = listening_on("0.0.0.0:9464", true);
  BOOST_TEST(
      check(settings).starts_with("warning: http.listen: tokens travel to '0.0.0.0:9464' unencrypted"));
  settings.http.tls = {"a.pem", "b.pem"};
  BOOST_TEST(check(settings) == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_and_keys_that_cannot_be_read_are_findings) {
  BOOST_TEST(
      check(listening_on("example.org:80", false)).starts_with("error: http.listen: cannot listen on"));
  auto settings = listening_on("127.0.0.1:9464", false);
  settings.security.jwt.jwks_file = "/nowhere/keys.json";
  BOOST_TEST(check(settings).starts_with("error: security: security.jwt.jwks_file: '/nowhere/keys.json'"),
             check(settings));
}

BOOST_AUTO_TEST_CASE(what_may_follow_from_an_earlier_error_is_no_finding_of_its_own) {
  findings found{
      {finding::level::error, finding_code::bad_value, "security.admin_token_file", "unreadable", {}}};
  check_serving(listening_on("0.0.0.0:9464", false), found);
  BOOST_TEST(found.size() == 1u);
  check_serving(listening_on("nowhere", false), found);
  BOOST_TEST(found.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
