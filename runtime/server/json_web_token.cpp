#include "runtime/server/json_web_token.hpp"

#include "model/base/error.hpp"
#include "runtime/config/server_secret_file.hpp"
#include "runtime/config/server_secret_rules.hpp"
#include "runtime/server/base64url.hpp"
#include "runtime/server/secret_digest.hpp"
#include "runtime/server/strict_json.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <string>

namespace sluice {

namespace {

using document = nlohmann::json;

/// The three parts of a token (RFC 7515, 7.1), as they were sent.
struct token_parts {
  std::string_view header;
  std::string_view claims;
  std::string_view signature;
  /// Header and claims with the dot between.
  std::string_view signed_text;
};

std::optional<token_parts> split(std::string_view token) {
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (token.size() > web_token_limit || first == std::string_view::npos || first == last ||
      token.find('.', first + 1) != last)
    return std::nullopt;
  return token_parts{token.substr(0, first), token.substr(first + 1, last - first - 1),
                     token.substr(last + 1), token.substr(0, last)};
}

std::optional<document> read_part(std::string_view part) {
  const auto text = decode_base64url(part);
  return text ? parse_strict_object(*text) : std::nullopt;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// What a header says, as far as it is looked at. Keys that it carries or points to (`jwk`, `jku`, `x5u`) are
/// not: whoever makes the token would choose them.
struct token_header {
  std::string algorithm;
  std::optional<std::string> kid;
};

/// Returns nothing for a header with extensions that must be understood (`crit`) and with another type.
std::optional<token_header> read_header(std::string_view part) {
  const auto header = read_part(part);
  if (!header || header->contains("crit") || header->contains("b64") || !header->contains("alg"))
    return std::nullopt;
  for (const auto* const name : {"alg", "kid", "typ"})
    if (header->contains(name) && !(*header)[name].is_string())
      return std::nullopt;
  const auto type = lower(header->value("typ", std::string("JWT")));
  if (type != "jwt" && type != "at+jwt" && type != "application/at+jwt")
    return std::nullopt;
  token_header result{header->value("alg", std::string()), std::nullopt};
  if (header->contains("kid"))
    result.kid = (*header)["kid"].get<std::string>();
  return result;
}

bool is_signed_by_secret(const std::string& secret, std::string_view text, std::string_view signature) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
  unsigned length = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), expected.data(),
           &length) == nullptr)
    return false;
  return same_bytes({reinterpret_cast<const char*>(expected.data()), length}, signature);
}

std::optional<json_web_keys> read_keys(const std::filesystem::path& file) {
  if (file.empty())
    return std::nullopt;
  try {
    return json_web_keys(read_trusted_file(file, key_set_limit));
  } catch (const error& failed) {
    throw error("bad_configuration",
                "security.jwt.jwks_file: '" + file.native() + "': " + std::string(failed.what()));
  }
}

} // namespace

json_web_token_verifier::json_web_token_verifier(const server_settings::jwt_settings& settings)
    : settings_(settings), keys_(read_keys(settings.jwks_file)) {
  if (!settings.secret.empty())
    if (const auto complaint = signing_secret_complaint(settings.secret))
      throw error("bad_configuration", "security.jwt.secret: " + *complaint);
}

bool json_web_token_verifier::is_signed(std::string_view header, std::string_view signed_text,
                                        std::string_view signature) const {
  const auto claimed = read_header(header);
  const auto bytes = decode_base64url(signature);
  if (!claimed || !bytes || bytes->empty())
    return false;
  if (claimed->algorithm == "HS256")
    return !settings_.secret.empty() && is_signed_by_secret(settings_.secret, signed_text, *bytes);
  if (claimed->algorithm != "RS256" || !keys_)
    return false;
  const auto* const key = keys_->choose(claimed->kid);
  return key != nullptr && key->verifies(signed_text, *bytes);
}

token_verdict json_web_token_verifier::verify(std::string_view token, utc_time now) const {
  const auto parts = split(token);
  if (!parts || !is_signed(parts->header, parts->signed_text, parts->signature))
    return token_refusal{"the token is not valid here"};
  const auto claims = read_part(parts->claims);
  if (!claims)
    return token_refusal{"the token's claims are no JSON object without repeated members"};
  return judge_claims(*claims, settings_, now);
}

} // namespace sluice
