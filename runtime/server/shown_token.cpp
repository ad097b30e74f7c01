#include "runtime/server/shown_token.hpp"

#include "runtime/http/error_envelope.hpp"
#include "runtime/server/secret_digest.hpp"

#include <algorithm>
#include <string_view>

namespace sluice {

namespace {

using shown = std::variant<std::optional<std::string>, http_response>;

/// Names under which people put tokens into queries, in lower case.
constexpr std::string_view token_names[] = {"token",         "access_token", "admin_token",   "read_token",
                                            "auth_token",    "auth",         "authorization", "bearer",
                                            "x-admin-token", "jwt",          "api_key",       "apikey"};

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Returns a name of a query, decoded and in lower case. What is no escape stays as it is.
std::string normal_name(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool escape =
        name[i] == '%' && i + 2 < name.size() && hex_digit(name[i + 1]) >= 0 && hex_digit(name[i + 2]) >= 0;
    result +=
        lower(escape ? static_cast<char>(hex_digit(name[i + 1]) * 16 + hex_digit(name[i + 2])) : name[i]);
    i += escape ? 2 : 0;
  }
  return result;
}

bool has_token(std::string_view query) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto member = query.substr(0, end);
    const auto name = normal_name(member.substr(0, std::min(member.find('='), member.size())));
    if (std::find(std::begin(token_names), std::end(token_names), name) != std::end(token_names))
      return true;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t'))
    text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t'))
    text.remove_suffix(1);
  return text;
}

/// Returns what follows `Bearer `, in any case (RFC 9110, 11.1); nothing for another scheme.
std::optional<std::string> bearer_token(std::string_view value) {
  constexpr std::string_view scheme = "bearer ";
  value = trimmed(value);
  const bool fits =
      value.size() > scheme.size() && std::equal(scheme.begin(), scheme.end(), value.begin(),
                                                 [](char expected, char c) { return expected == lower(c); });
  return fits ? std::optional(std::string(trimmed(value.substr(scheme.size())))) : std::nullopt;
}

http_response given_twice(const char* field) {
  return error_response(400, "bad_request", std::string("the field ") + field + " may be there once only");
}

} // namespace

http_response unauthorized(const char* code, const std::string& message, bool broken) {
  auto response = error_response(401, code, message);
  response.fields.emplace_back("WWW-Authenticate", broken ? R"(Bearer realm="sluice", error="invalid_token")"
                                                          : R"(Bearer realm="sluice")");
  return response;
}

shown shown_token(const http_request& request) {
  if (has_token(request.query))
    return error_response(
        400, "token_in_query",
        "a token does not belong into an address; send it as `Authorization: Bearer TOKEN`. "
        "If it was a real one, it may have been logged on its way: make another one");
  const auto authorization = request.values("Authorization");
  const auto own_field = request.values("X-Admin-Token");
  if (authorization.size() > 1)
    return given_twice("Authorization");
  if (own_field.size() > 1)
    return given_twice("X-Admin-Token");
  std::optional<std::string> token;
  if (!authorization.empty() && !(token = bearer_token(authorization.front())))
    return unauthorized("bad_token", "the field Authorization needs the form `Bearer TOKEN`", true);
  if (own_field.empty())
    return token;
  const std::string own(trimmed(own_field.front()));
  if (token && !secret_digest(*token).matches(secret_digest(own)))
    return error_response(400, "conflicting_tokens",
                          "Authorization and X-Admin-Token show two different tokens; send one of them");
  return std::optional(own);
}

} // namespace sluice
