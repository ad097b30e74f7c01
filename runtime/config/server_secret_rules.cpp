#include "runtime/config/server_secret_rules.hpp"

#include "runtime/config/server_secret_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::size_t shortest_token = 16;
constexpr std::size_t shortest_signing_secret = 32;

std::optional<std::string> length_complaint(std::size_t length, std::size_t least, const char* remedy) {
  if (length < least)
    return fmt::format("it has {} characters and needs {} or more; make one with `{}`", length, least,
                       remedy);
  if (length > secret_length_limit)
    return fmt::format("it has {} characters; at most {} are taken", length, secret_length_limit);
  return {};
}

} // namespace

std::optional<std::string> token_complaint(std::string_view token) {
  if (auto complaint = length_complaint(token.size(), shortest_token, "openssl rand -hex 32"))
    return complaint;
  if (std::any_of(token.begin(), token.end(), [](char c) { return c < 0x21 || c > 0x7e; }))
    return "it has a space or another character that is not visible ASCII";
  return {};
}

std::optional<std::string> signing_secret_complaint(std::string_view secret) {
  if (auto complaint = length_complaint(secret.size(), shortest_signing_secret, "openssl rand -base64 48"))
    return complaint;
  if (secret.starts_with("-----BEGIN"))
    return "it is a PEM text; keys for RS256 belong into security.jwt.jwks_file";
  return {};
}

} // namespace sluice
