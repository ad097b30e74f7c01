#include "model/base/error.hpp"
#include "runtime/http/loopback.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace sluice {

namespace {

/// The code and text of the error that `text` gives.
std::pair<std::string, std::string> failure_of(const std::string& text) {
  try {
    const auto address = parse_listen_address(text);
    return {"none", to_string(address)};
  } catch (const error& failure) {
    return {failure.code(), failure.what()};
  }
}

http_request request_with(http_fields fields) {
  http_request request;
  request.fields = std::move(fields);
  return request;
}

unsigned refusal_of(const http_request& request) {
  const auto refusal = refuse_foreign(request);
  return refusal ? refusal->status : 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_loopback_test)

BOOST_AUTO_TEST_CASE(loopback_addresses_are_read_with_their_ports) {
  for (const std::string text : {"127.0.0.1:9464", "127.8.7.6:0", "[::1]:9464", "127.0.0.1:65535"})
    BOOST_TEST(to_string(parse_listen_address(text)) == text);
  BOOST_TEST(to_string(parse_listen_address("localhost:80")) == "127.0.0.1:80");
  BOOST_TEST(parse_listen_address("[::1]:9464").host == "::1");
}

BOOST_AUTO_TEST_CASE(addresses_that_others_reach_are_refused_by_name) {
  for (const std::string text :
       {"0.0.0.0:9464", "[::]:9464", "192.168.1.1:80", "8.8.8.8:80", "[fe80::1]:80"}) {
    const auto [code, message] = failure_of(text);
    BOOST_TEST(code == "not_loopback", text);
    BOOST_TEST((message.find("'" + text + "'") != std::string::npos), message);
    BOOST_TEST((message.find("serve") != std::string::npos), message);
  }
}

BOOST_AUTO_TEST_CASE(addresses_that_others_reach_are_read_for_those_who_may) {
  for (const std::string text : {"0.0.0.0:9464", "[::]:9464", "192.168.1.1:80", "127.0.0.1:1"})
    BOOST_TEST(to_string(parse_listen_address(text, listen_scope::any)) == text);
  BOOST_CHECK_THROW((void)parse_listen_address("example.com:80", listen_scope::any), error);
}

BOOST_AUTO_TEST_CASE(an_address_tells_whether_others_reach_it) {
  BOOST_TEST(is_loopback({"127.0.0.1", 1}));
  BOOST_TEST(is_loopback({"::1", 1}));
  BOOST_TEST(!is_loopback({"0.0.0.0", 1}));
  BOOST_TEST(!is_loopback({"::", 1}));
  BOOST_TEST(!is_loopback({"192.168.1.1", 1}));
}

BOOST_AUTO_TEST_CASE(a_listed_name_is_known_in_any_case_and_with_any_port_unless_it_names_one) {
  const std::vector<std::string> hosts = {"sluice.example", "Other.example:8443", "[2001:db8::1]"};
  for (const std::string name :
       {"sluice.example", "SLUICE.example:1", "sluice.example.", "other.example:8443", "[2001:db8::1]:80"})
    BOOST_TEST(is_listed_authority(name, hosts), name);
  for (const std::string name : {"", "a.sluice.example", "sluice.example.evil", "other.example",
                                 "2001:db8::1", "other.example:8444", "evil@sluice.example"})
    BOOST_TEST(!is_listed_authority(name, hosts), name);
}

BOOST_AUTO_TEST_CASE(a_request_for_a_listed_host_passes_and_others_still_do_not) {
  const std::vector<std::string> hosts = {"sluice.example"};
  const auto status = [&hosts](http_fields fields) {
    const auto refusal = refuse_foreign(request_with(std::move(fields)), hosts);
    return refusal ? refusal->status : 0;
  };
  BOOST_TEST(status({{"Host", "sluice.example"}}) == 0u);
  BOOST_TEST(status({{"Host", "localhost"}, {"Origin", "https://sluice.example:8443"}}) == 0u);
  BOOST_TEST(status({{"Host", "evil.example"}}) == 403u);
  BOOST_TEST(status({{"Host", "sluice.example"}, {"Origin", "https://evil.example"}}) == 403u);
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused_with_the_text_and_an_example) {
  for (const std::string text : {"", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                                 "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x", "::1:9464", "[::1]",
                                 "[::1", "[::1]x:80", "127.1:80", "example.com:80", "[127.0.0.1]:80"}) {
    const auto [code, message] = failure_of(text);
    BOOST_TEST(code == "cannot_listen", text << " gave " << code);
    BOOST_TEST((message.find("'" + text + "'") != std::string::npos), message);
    BOOST_TEST((message.find("127.0.0.1:9464") != std::string::npos), message);
  }
}

BOOST_AUTO_TEST_CASE(loopback_names_are_known_in_all_their_forms) {
  for (const std::string name : {"localhost", "LocalHost:9464", "localhost.", "127.0.0.1", "127.0.0.1:1",
                                 "127.1.2.3", "[::1]", "[::1]:9464", "localhost:"})
    BOOST_TEST(is_loopback_authority(name), name);
  for (const std::string name : {"", "example.com", "localhost.example.com", "127.0.0.1.example.com", "::1",
                                 "[::2]", "0.0.0.0", "localhost:x", "evil@localhost", "[::ffff:8.8.8.8]"})
    BOOST_TEST(!is_loopback_authority(name), name);
}

BOOST_AUTO_TEST_CASE(a_request_for_another_host_is_forbidden) {
  BOOST_TEST(refusal_of(request_with({{"Host", "127.0.0.1:9464"}})) == 0u);
  BOOST_TEST(refusal_of(request_with({{"host", "rebound.example:9464"}})) == 403u);
  BOOST_TEST(refusal_of(request_with({{"Host", ""}})) == 403u);
  auto absolute = request_with({{"Host", "localhost"}});
  absolute.target_host = "rebound.example";
  BOOST_TEST(refusal_of(absolute) == 403u);
}

BOOST_AUTO_TEST_CASE(a_request_needs_one_host_unless_it_is_http_1_0) {
  BOOST_TEST(refusal_of(request_with({})) == 400u);
  BOOST_TEST(refusal_of(request_with({{"Host", "localhost"}, {"Host", "localhost"}})) == 400u);
  auto old = request_with({});
  old.http_1_0 = true;
  BOOST_TEST(refusal_of(old) == 0u);
}

BOOST_AUTO_TEST_CASE(a_page_of_another_site_is_forbidden) {
  BOOST_TEST(refusal_of(request_with({{"Host", "localhost"}, {"Origin", "http://localhost:3000"}})) == 0u);
  BOOST_TEST(refusal_of(request_with({{"Host", "localhost"}, {"Origin", "https://example.com"}})) == 403u);
  BOOST_TEST(refusal_of(request_with({{"Host", "localhost"}, {"Origin", "null"}})) == 403u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
