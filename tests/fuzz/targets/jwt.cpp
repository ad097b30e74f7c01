#include "runtime/http/http_message.hpp"
#include "runtime/server/access_control.hpp"
#include "runtime/server/json_web_keys.hpp"
#include "runtime/server/json_web_token.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <string>
#include <variant>

namespace sluice::fuzz {

namespace {

constexpr const char* secret = "a-secret-of-this-fuzz-target-that-signed-no-seed";
constexpr const char* admin_token = "an-admin-token-that-is-in-no-seed";

utc_time noon() {
  return utc_time{std::chrono::milliseconds{1'795'000'000'000}};
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64url(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                      static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  text.resize(text.find_last_not_of('=') + 1);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string sign(const std::string& header, const std::string& claims) {
  const auto text = base64url(header) + "." + base64url(claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  const std::string_view key = secret;
  require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
               bytes.data(), &length) != nullptr,
          "OpenSSL signs");
  return text + "." + base64url({bytes.begin(), bytes.begin() + length});
}

server_settings::security_settings security() {
  server_settings::security_settings settings;
  settings.admin_token = admin_token;
  settings.jwt.secret = secret;
  return settings;
}

const json_web_token_verifier& verifier() {
  static const json_web_token_verifier made(security().jwt);
  return made;
}

/// Nobody gets in by a token that the secret has not signed.
void show(std::string_view token) {
  require(std::holds_alternative<token_refusal>(verifier().verify(token, noon())),
          "a token that was not signed is refused");
}

/// A header and claims, on two lines, that were signed properly.
void show_signed(std::string_view input) {
  const auto line = std::min(input.find('\n'), input.size());
  const std::string header(input.substr(0, line));
  const std::string claims(input.substr(std::min(line + 1, input.size())));
  const auto judged = verifier().verify(sign(header, claims), noon());
  if (const auto* const known = std::get_if<token_identity>(&judged)) {
    require(!known->subject.empty(), "who is let in has a name");
    require(known->subject != "anonymous" && known->subject != "admin-token", "which is nobody else's");
  }
}

/// A request's fields, one a line. Nobody is let in who does not show the token.
void ask(std::string_view input) {
  static const access_control access(security());
  http_request request;
  request.method = "GET";
  request.remote = "127.0.0.1";
  while (!input.empty()) {
    const auto line = input.substr(0, std::min(input.find('\n'), input.size()));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    const auto colon = std::min(line.find(": "), line.size());
    if (request.fields.empty() && colon == line.size())
      set_target(request, line);
    else
      request.fields.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 2, line.size())));
  }
  require(std::holds_alternative<http_response>(access.admit(request)), "nobody gets in without the token");
}

} // namespace

/// The first byte says what the rest is.
void feed_jwt(std::string_view input) {
  if (input.empty())
    return;
  const auto rest = input.substr(1);
  switch (input.front()) {
  case 't':
    return show(rest);
  case 's':
    return show_signed(rest);
  case 'k':
    accepts({"bad_configuration"}, [&] { (void)json_web_keys(rest); });
    return;
  default:
    return ask(rest);
  }
}

} // namespace sluice::fuzz
