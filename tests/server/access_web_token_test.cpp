#include "model/base/error.hpp"
#include "runtime/server/json_web_token.hpp"
#include "tests/server/access_token_maker.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <random>
#include <string>
#include <sys/stat.h>

using namespace sluice;

namespace {

const std::string shared_secret = "a signing secret of 32 bytes, or more";
const std::string hs256 = R"({"alg":"HS256","typ":"JWT"})";
const std::string rs256 = R"({"alg":"RS256","kid":"k1"})";
const utc_time now = utc_time{std::chrono::seconds{1'800'000'000}};

/// Returns claims that are in order, with more of them.
std::string claims(const std::string& more = R"(,"role":"admin")", const std::string& expiry = "1800000300") {
  return R"({"sub":"ann","exp":)" + expiry + more + "}";
}

/// Making a key takes a tenth of a second: all tests share one.
const rsa_key_pair& own_key() {
  static const rsa_key_pair key(2048);
  return key;
}

/// A key set in a file.
class key_file {
public:
  explicit key_file(const std::string& keys, mode_t mode = 0644) : path_(folder_.path() / "keys.json") {
    std::ofstream(path_) << R"({"keys": [)" << keys << "]}";
    BOOST_REQUIRE_EQUAL(::chmod(path_.c_str(), mode), 0);
  }

  server_settings::jwt_settings settings() const {
    server_settings::jwt_settings settings;
    settings.jwks_file = path_;
    return settings;
  }

private:
  scratch_folder folder_;
  std::filesystem::path path_;
};

server_settings::jwt_settings with_secret() {
  server_settings::jwt_settings settings;
  settings.secret = shared_secret;
  return settings;
}

std::string show(const token_verdict& verdict) {
  if (const auto* const refused = std::get_if<token_refusal>(&verdict))
    return refused->why;
  const auto& identity = std::get<token_identity>(verdict);
  constexpr const char* roles[] = {"none", "read", "admin"};
  return identity.subject + ": " + roles[static_cast<std::size_t>(identity.role)];
}

std::string verify(const std::string& token, const server_settings::jwt_settings& settings = with_secret()) {
  return show(json_web_token_verifier(settings).verify(token, now));
}

/// The verdict on claims that are signed as they should be.
std::string judge(const std::string& text, const server_settings::jwt_settings& settings = with_secret()) {
  return verify(sign_hs256(hs256, text, shared_secret), settings);
}

/// Returns why settings are not taken.
std::string complaint(const server_settings::jwt_settings& settings) {
  try {
    const json_web_token_verifier verifier(settings);
  } catch (const error& refused) {
    BOOST_TEST(refused.code() == "bad_configuration");
    return refused.what();
  }
  return "taken";
}

const std::string invalid = "the token is not valid here";

} // namespace

BOOST_AUTO_TEST_SUITE(access_web_token)

BOOST_AUTO_TEST_CASE(a_token_signed_by_the_secret_is_taken) {
  BOOST_TEST(verify(sign_hs256(hs256, claims(), shared_secret)) == "ann: admin");
  BOOST_TEST(verify(sign_hs256(R"({"alg":"HS256"})", claims(R"(,"role":"read")"), shared_secret)) ==
             "ann: read");
  BOOST_TEST(verify(sign_hs256(R"({"alg":"HS256","typ":"at+JWT","kid":"x"})", claims(""), shared_secret)) ==
             "ann: none");
}

BOOST_AUTO_TEST_CASE(the_example_of_rfc_7515_is_signed_as_it_says) {
  // RFC 7515, A.1: another implementation's signature. Its exp is of 2011.
  server_settings::jwt_settings settings;
  settings.secret =
      "\x03\x23\x35\x4b\x2b\x0f\xa5\xbc\x83\x7e\x06\x65\x77\x7b\xa6\x8f\x5a\xb3\x28\xe6\xf0\x54\xc9\x28"
      "\xa9\x0f\x84\xb2\xd2\x50\x2e\xbf\xd3\xfb\x5a\x92\xd2\x06\x47\xef\x96\x8a\xb4\xc3\x77\x62\x3d\x22"
      "\x3d\x2e\x21\x72\x05\x2e\x4f\x08\xc0\xcd\x9a\xf5\x67\xd0\x80\xa3";
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  BOOST_TEST(verify(token, settings) == "the token has expired");
  BOOST_TEST(verify(token.substr(0, token.size() - 1) + "l", settings) == invalid);
}

BOOST_AUTO_TEST_CASE(a_token_of_another_secret_or_with_another_content_is_refused) {
  BOOST_TEST(verify(sign_hs256(hs256, claims(), "another secret that is 32 bytes long")) == invalid);
  const auto good = sign_hs256(hs256, claims(), shared_secret);
  const auto other = sign_hs256(hs256, claims(R"(,"role":"read")"), shared_secret);
  const auto forged = other.substr(0, other.rfind('.')) + good.substr(good.rfind('.'));
  BOOST_TEST(verify(forged) == invalid);
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(verify(changed) == invalid, changed);
  }
}

BOOST_AUTO_TEST_CASE(no_algorithm_but_the_two_is_taken) {
  const auto text = encode_base64url(R"({"alg":"none"})") + "." + encode_base64url(claims());
  for (const auto& token : {text + ".", text + ".AA", text})
    BOOST_TEST(verify(token) == invalid, token);
  for (const auto* const name : {"none", "None", "HS384", "HS512", "hs256", "RS256", "PS256", "ES256", ""})
    BOOST_TEST(verify(sign_hs256(R"({"alg":")" + std::string(name) + "\"}", claims(), shared_secret)) ==
                   invalid,
               name);
  BOOST_TEST(verify(sign_hs256("{}", claims(), shared_secret)) == invalid);
  BOOST_TEST(verify(sign_hs256(R"({"alg":256})", claims(), shared_secret)) == invalid);
  BOOST_TEST(verify(sign_hs256(R"({"alg":["HS256"]})", claims(), shared_secret)) == invalid);
}

BOOST_AUTO_TEST_CASE(a_token_signed_by_a_key_of_the_set_is_taken) {
  const key_file file(own_key().jwk());
  BOOST_TEST(verify(own_key().sign_rs256(rs256, claims()), file.settings()) == "ann: admin");
  BOOST_TEST(verify(own_key().sign_rs256(R"({"alg":"RS256"})", claims()), file.settings()) == "ann: admin");
  const rsa_key_pair other(2048);
  BOOST_TEST(verify(other.sign_rs256(rs256, claims()), file.settings()) == invalid);
}

BOOST_AUTO_TEST_CASE(the_key_is_chosen_by_its_name) {
  const rsa_key_pair other(2048);
  const key_file file(own_key().jwk() + "," + other.jwk(R"(, "kid": "k2", "use": "sig", "alg": "RS256")"));
  BOOST_TEST(verify(own_key().sign_rs256(rs256, claims()), file.settings()) == "ann: admin");
  BOOST_TEST(verify(other.sign_rs256(R"({"alg":"RS256","kid":"k2"})", claims()), file.settings()) ==
             "ann: admin");
  for (const auto* const header :
       {R"({"alg":"RS256","kid":"k2"})", R"({"alg":"RS256","kid":"k3"})", R"({"alg":"RS256"})",
        R"({"alg":"RS256","kid":1})", R"({"alg":"RS256","kid":"k1","kid":"k1"})"})
    BOOST_TEST(verify(own_key().sign_rs256(header, claims()), file.settings()) == invalid, header);
}

BOOST_AUTO_TEST_CASE(the_only_key_of_a_set_is_not_taken_for_another_name) {
  const auto other_name = own_key().sign_rs256(R"({"alg":"RS256","kid":"k9"})", claims());
  BOOST_TEST(verify(other_name, key_file(own_key().jwk()).settings()) == invalid);
  BOOST_TEST(verify(other_name, key_file(own_key().jwk("")).settings()) == "ann: admin");
}

BOOST_AUTO_TEST_CASE(a_public_key_is_no_secret_and_a_secret_no_public_key) {
  const key_file file(own_key().jwk());
  for (const auto& known : {own_key().pem(), own_key().jwk()})
    BOOST_TEST(verify(sign_hs256(R"({"alg":"HS256","kid":"k1"})", claims(), known), file.settings()) ==
               invalid);
  auto both = file.settings();
  both.secret = shared_secret;
  BOOST_TEST(verify(sign_hs256(rs256, claims(), shared_secret), both) == invalid);
  BOOST_TEST(verify(sign_hs256(hs256, claims(), own_key().pem()), both) == invalid);
  BOOST_TEST(verify(own_key().sign_rs256(hs256, claims()), both) == invalid);
  BOOST_TEST(verify(own_key().sign_rs256(rs256, claims()), both) == "ann: admin");
  BOOST_TEST(verify(sign_hs256(hs256, claims(), shared_secret), both) == "ann: admin");
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_not_set_up_signs_nothing) {
  const key_file file(own_key().jwk());
  BOOST_TEST(verify(sign_hs256(hs256, claims(), ""), file.settings()) == invalid);
  BOOST_TEST(verify(sign_hs256(hs256, claims(), ""), {}) == invalid);
}

BOOST_AUTO_TEST_CASE(a_key_that_the_token_brings_along_is_not_looked_at) {
  const key_file file(own_key().jwk());
  const rsa_key_pair other(2048);
  const auto header = R"({"alg":"RS256","jwk":)" + other.jwk() + R"(,"jku":"https://example.org/keys"})";
  BOOST_TEST(verify(other.sign_rs256(header, claims()), file.settings()) == invalid);
}

BOOST_AUTO_TEST_CASE(headers_with_extensions_or_of_other_types_are_refused) {
  for (const auto* const header :
       {R"({"alg":"HS256","crit":["b64"],"b64":false})", R"({"alg":"HS256","crit":[]})",
        R"({"alg":"HS256","b64":true})", R"({"alg":"HS256","typ":"JOSE"})", R"({"alg":"HS256","typ":1})",
        R"({"alg":"none","alg":"HS256"})", R"({"alg":"HS256","\u0061lg":"HS256"})", R"(["HS256"])",
        R"("HS256")", R"({"alg":"HS256"}{})", ""})
    BOOST_TEST(verify(sign_hs256(header, claims(), shared_secret)) == invalid, header);
}

BOOST_AUTO_TEST_CASE(what_is_no_token_is_refused) {
  const auto good = sign_hs256(hs256, claims(), shared_secret);
  for (const auto& token :
       {std::string(), std::string("."), std::string(".."), std::string("..."), good + ".", "." + good,
        good + "=", good + " ", " " + good, good + "\n", good + std::string(1, '\0'), good + "A"})
    BOOST_TEST(verify(token) == invalid, token);
}

BOOST_AUTO_TEST_CASE(huge_and_deep_tokens_are_refused) {
  const auto long_one = claims(R"(,"x":")" + std::string(web_token_limit, 'x') + "\"");
  BOOST_TEST(judge(long_one) == invalid);
  const auto deep = claims(R"(,"x":)" + std::string(2000, '[') + std::string(2000, ']'));
  BOOST_TEST(contains(judge(deep), "no JSON object"));
  const auto deep_header = R"({"alg":"HS256","x":)" + std::string(1000, '[') + std::string(1000, ']') + "}";
  BOOST_TEST(verify(sign_hs256(deep_header, claims(), shared_secret)) == invalid);
}

BOOST_AUTO_TEST_CASE(whatever_is_changed_in_a_token_it_is_not_taken) {
  constexpr unsigned seed = 20'261'121;
  std::mt19937 random(seed);
  const auto good = sign_hs256(hs256, claims(), shared_secret);
  const json_web_token_verifier verifier(with_secret());
  const std::string letters = "ABab01-_.={}\"\\\x7f\xff";
  for (int round = 0; round < 20'000; ++round) {
    auto changed = good;
    for (auto count = 1 + random() % 4; count > 0; --count) {
      const auto at = random() % changed.size();
      const auto letter = letters[random() % letters.size()];
      if (random() % 3 == 0)
        changed.erase(at, 1 + random() % 8);
      else if (random() % 2 == 0)
        changed.insert(at, 1, letter);
      else
        changed[at] = letter;
      if (changed.empty())
        changed = ".";
    }
    if (changed != good)
      BOOST_TEST(show(verifier.verify(changed, now)) == invalid, "seed " << seed << ": " << changed);
  }
}

BOOST_AUTO_TEST_CASE(claims_that_are_no_object_or_have_a_member_twice_are_refused) {
  for (const auto& text :
       {std::string("[]"), std::string("1"), std::string("{"), claims(R"(,"exp":1900000000)"),
        claims(R"(,"role":"read","role":"admin")"), claims(R"(,"x":{"a":1,"a":2})"),
        claims(R"(,"x":[{"a":1,"a":2}])"), claims(",\"x\":\"\xff\""), claims() + "x"})
    BOOST_TEST(contains(judge(text), "no JSON object without repeated members"), text);
  BOOST_TEST(judge(claims(R"(,"role":"read","x":[{"a":1},{"a":2}])")) == "ann: read");
}

BOOST_AUTO_TEST_CASE(expiry_counts_with_a_leeway_of_a_minute) {
  BOOST_TEST(judge(claims("", "1799999941")) == "ann: none");
  BOOST_TEST(judge(claims("", "1799999940.5")) == "ann: none");
  BOOST_TEST(judge(claims("", "1799999940")) == "the token has expired");
  BOOST_TEST(judge(claims("", "0")) == "the token has expired");
  BOOST_TEST(contains(judge(R"({"sub":"ann"})"), "has no exp"));
}

BOOST_AUTO_TEST_CASE(a_token_is_not_taken_before_its_time) {
  BOOST_TEST(judge(claims(R"(,"nbf":1800000060)")) == "ann: none");
  BOOST_TEST(judge(claims(R"(,"nbf":1800000061)")) == "the token is not valid yet (nbf)");
}

BOOST_AUTO_TEST_CASE(times_that_are_no_numbers_are_refused) {
  for (const auto* const moment :
       {"\"1800000300\"", "null", "true", "[1800000300]", "{}", "-1", "1800000300000", "1e300"})
    BOOST_TEST(contains(judge(claims("", moment)), "exp is no number of seconds"), moment);
  BOOST_TEST(contains(judge(claims("", "1e999")), "no JSON object"));
  BOOST_TEST(contains(judge(claims(R"(,"nbf":"0")")), "nbf is no number"));
  BOOST_TEST(contains(judge(claims(R"(,"iat":"0")")), "iat is no number"));
}

BOOST_AUTO_TEST_CASE(issuer_and_audience_are_as_expected) {
  auto settings = with_secret();
  settings.issuer = "https://id.example.org";
  settings.audience = "sluice";
  const std::string issuer = R"(,"iss":"https://id.example.org")";
  BOOST_TEST(judge(claims(issuer + R"(,"aud":"sluice")"), settings) == "ann: none");
  BOOST_TEST(judge(claims(issuer + R"(,"aud":["other","sluice"])"), settings) == "ann: none");
  for (const auto* const wrong :
       {"", R"(,"iss":"https://id.example.org/")", R"(,"iss":1)", R"(,"iss":["https://id.example.org"])"})
    BOOST_TEST(contains(judge(claims(wrong + std::string(R"(,"aud":"sluice")")), settings), "another issuer"),
               wrong);
  for (const auto* const wrong :
       {"", R"(,"aud":"Sluice")", R"(,"aud":["other"])", R"(,"aud":[])", R"(,"aud":{"sluice":1})"})
    BOOST_TEST(contains(judge(claims(issuer + wrong), settings), "another audience"), wrong);
  BOOST_TEST(contains(judge(claims(R"(,"aud":"sluice")")), "security.jwt.audience"));
}

BOOST_AUTO_TEST_CASE(a_subject_stands_for_its_bearer_and_for_nobody_else) {
  for (const auto* const wrong :
       {R"({"exp":1800000300})", R"({"exp":1800000300,"sub":""})", R"({"exp":1800000300,"sub":1})",
        R"({"exp":1800000300,"sub":"a\nb"})", R"({"exp":1800000300,"sub":"admin-token"})",
        R"({"exp":1800000300,"sub":"anonymous"})"})
    BOOST_TEST(contains(judge(wrong), "no sub"), wrong);
  BOOST_TEST(contains(judge(R"({"exp":1800000300,"sub":")" + std::string(257, 'x') + "\"}"), "no sub"));
}

BOOST_AUTO_TEST_CASE(the_role_is_in_a_claim_a_list_or_inside_another_claim) {
  BOOST_TEST(judge(claims(R"(,"role":["x","read"])")) == "ann: read");
  BOOST_TEST(judge(claims(R"(,"role":["read","admin"])")) == "ann: admin");
  for (const auto* const wrong :
       {R"(,"role":"Admin")", R"(,"role":{"admin":true})", R"(,"role":true)", R"(,"role":[["admin"]])"})
    BOOST_TEST(judge(claims(wrong)) == "ann: none", wrong);
  auto settings = with_secret();
  settings.role_claim = "realm_access.roles";
  settings.admin_value = "sluice-admin";
  BOOST_TEST(judge(claims(R"(,"realm_access":{"roles":["sluice-admin"]})"), settings) == "ann: admin");
  BOOST_TEST(judge(claims(R"(,"realm_access.roles":"read")"), settings) == "ann: read");
  BOOST_TEST(judge(claims(R"(,"realm_access":"sluice-admin","role":"admin")"), settings) == "ann: none");
}

BOOST_AUTO_TEST_CASE(weak_keys_and_broken_key_sets_are_refused_at_the_start) {
  BOOST_TEST(contains(complaint(key_file(rsa_key_pair(1024).jwk()).settings()),
                      "it has 1024 bits; RS256 needs 2048"));
  BOOST_TEST(contains(complaint(key_file("").settings()), "no RSA key for RS256"));
  BOOST_TEST(
      contains(complaint(key_file(own_key().jwk(R"(, "use": "enc")")).settings()), "no RSA key for RS256"));
  BOOST_TEST(
      contains(complaint(key_file(own_key().jwk(R"(, "alg": "PS256")")).settings()), "no RSA key for RS256"));
  BOOST_TEST(
      contains(complaint(key_file(own_key().jwk(R"(, "key_ops": ["encrypt"])")).settings()), "no RSA key"));
  BOOST_TEST(
      contains(complaint(key_file(R"({"kty":"oct","k":"c2VjcmV0"})").settings()), "no RSA key for RS256"));
  BOOST_TEST(contains(complaint(key_file(own_key().jwk() + "," + own_key().jwk()).settings()),
                      "'k1' is there twice"));
  BOOST_TEST(contains(complaint(key_file(own_key().jwk(R"(, "d": "AQAB")")).settings()), "private"));
  BOOST_TEST(contains(complaint(key_file(own_key().jwk(R"(, "n": "AQAB")")).settings()), "no member twice"));
  BOOST_TEST(
      contains(complaint(key_file(R"({"kty":"RSA","n":"AQ==","e":"AQAB"})").settings()), "not base64url"));
  BOOST_TEST(contains(complaint(key_file(R"({"kty":"RSA","e":"AQAB"})").settings()), "'n' is missing"));
  BOOST_TEST(contains(complaint(key_file("1").settings()), "no object"));
  const auto even = R"({"kty":"RSA","n":")" + encode_base64url(std::string(256, '\xfe')) + R"(","e":"AQAB"})";
  BOOST_TEST(contains(complaint(key_file(even).settings()), "no sound RSA key"));
  const auto one = R"({"kty":"RSA","n":")" + encode_base64url(std::string(256, '\xfd')) + R"(","e":"AQ"})";
  BOOST_TEST(contains(complaint(key_file(one).settings()), "exponent"));
}

BOOST_AUTO_TEST_CASE(a_key_set_that_others_can_write_or_that_is_not_there_is_refused_by_name) {
  BOOST_TEST(contains(complaint(key_file(own_key().jwk(), 0666).settings()), "chmod go-w"));
  server_settings::jwt_settings missing;
  missing.jwks_file = "/nowhere/keys.json";
  BOOST_TEST(contains(complaint(missing), "security.jwt.jwks_file: '/nowhere/keys.json'"));
}

BOOST_AUTO_TEST_CASE(a_short_secret_is_refused) {
  auto settings = with_secret();
  settings.secret = std::string(31, 'x');
  BOOST_TEST(contains(complaint(settings), "security.jwt.secret: it has 31 characters and needs 32"));
}

BOOST_AUTO_TEST_SUITE_END()
