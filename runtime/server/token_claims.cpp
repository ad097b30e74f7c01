#include "runtime/server/token_claims.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace sluice {

namespace {

using document = nlohmann::json;
using refusal = std::optional<token_refusal>;

/// The last second of the year 9999: later, a number is a mistake or milliseconds.
constexpr double latest = 253'402'300'799.0;
constexpr std::size_t longest_subject = 256;

/// Names that audit rows use for others.
constexpr std::string_view taken_names[] = {"anonymous", "admin-token", "read-token", "configuration"};

double seconds_of(utc_time moment) {
  return static_cast<double>(moment.time_since_epoch().count()) / 1000.0;
}

/// Returns a NumericDate (RFC 7519, 2); nothing when it is none.
std::optional<double> moment_of(const document& claim) {
  if (!claim.is_number())
    return std::nullopt;
  const auto value = claim.get<double>();
  return value >= 0 && value <= latest ? std::optional(value) : std::nullopt;
}

refusal check_times(const document& claims, utc_time now) {
  const auto leeway = static_cast<double>(token_leeway.count());
  for (const auto* const name : {"exp", "nbf", "iat"}) {
    const auto found = claims.find(name);
    if (found != claims.end() && !moment_of(*found))
      return token_refusal{std::string("the token's ") + name + " is no number of seconds since 1970"};
  }
  const auto expiry = claims.find("exp");
  if (expiry == claims.end())
    return token_refusal{"the token has no exp, so it would never expire"};
  if (seconds_of(now) >= *moment_of(*expiry) + leeway)
    return token_refusal{"the token has expired"};
  const auto start = claims.find("nbf");
  if (start != claims.end() && seconds_of(now) + leeway < *moment_of(*start))
    return token_refusal{"the token is not valid yet (nbf)"};
  return {};
}

bool is_text(const document& value, std::string_view text) {
  return value.is_string() && value.get_ref<const std::string&>() == text;
}

/// True when the claim is `text`, or a list that has it.
bool holds(const document& claim, std::string_view text) {
  return is_text(claim, text) ||
         (claim.is_array() &&
          std::any_of(claim.begin(), claim.end(), [&](const document& one) { return is_text(one, text); }));
}

/// Of claims whose times were checked.
utc_time end_of(const document& claims) {
  const std::chrono::duration<double> expiry{*moment_of(claims.at("exp"))};
  return utc_time{std::chrono::ceil<std::chrono::milliseconds>(expiry) + token_leeway};
}

refusal check_parties(const document& claims, const server_settings::jwt_settings& expected) {
  const auto issuer = claims.find("iss");
  if (!expected.issuer.empty() && (issuer == claims.end() || !is_text(*issuer, expected.issuer)))
    return token_refusal{"the token is from another issuer (iss)"};
  const auto audience = claims.find("aud");
  if (!expected.audience.empty() && (audience == claims.end() || !holds(*audience, expected.audience)))
    return token_refusal{"the token is meant for another audience (aud)"};
  if (expected.audience.empty() && audience != claims.end())
    return token_refusal{"the token is meant for an audience (aud), and this server has no name for itself; "
                         "security.jwt.audience gives it one"};
  return {};
}

/// A subject goes into logs and audit rows, where it must not pass for somebody else.
bool is_fit_subject(const std::string& subject) {
  const bool has_control = std::any_of(subject.begin(), subject.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20 || code == 0x7f;
  });
  return !subject.empty() && subject.size() <= longest_subject && !has_control &&
         std::find(std::begin(taken_names), std::end(taken_names), subject) == std::end(taken_names);
}

/// Returns the claim called `name`, or, when there is none, what the names between its dots lead to.
const document* find_claim(const document& claims, std::string_view name) {
  if (const auto found = claims.find(std::string(name)); found != claims.end())
    return &*found;
  const auto dot = name.find('.');
  if (dot == std::string_view::npos)
    return nullptr;
  const auto outer = claims.find(std::string(name.substr(0, dot)));
  return outer != claims.end() && outer->is_object() ? find_claim(*outer, name.substr(dot + 1)) : nullptr;
}

access_role role_of(const document& claims, const server_settings::jwt_settings& expected) {
  const auto* const claim = find_claim(claims, expected.role_claim);
  if (claim == nullptr)
    return access_role::none;
  if (holds(*claim, expected.admin_value))
    return access_role::admin;
  return holds(*claim, expected.read_value) ? access_role::read : access_role::none;
}

} // namespace

token_verdict judge_claims(const document& claims, const server_settings::jwt_settings& expected,
                           utc_time now) {
  if (auto refused = check_times(claims, now))
    return std::move(*refused);
  if (auto refused = check_parties(claims, expected))
    return std::move(*refused);
  const auto subject = claims.find("sub");
  if (subject == claims.end() || !subject->is_string() ||
      !is_fit_subject(subject->get_ref<const std::string&>()))
    return token_refusal{"the token has no sub that can stand for its bearer"};
  return token_identity{subject->get<std::string>(), role_of(claims, expected), end_of(claims)};
}

} // namespace sluice
