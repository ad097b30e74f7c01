#pragma once

#include "model/base/utc_time.hpp"
#include "runtime/config/server_settings.hpp"
#include "runtime/http/caller.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <variant>

namespace sluice {

/// How far the clock of whoever makes tokens may be off.
inline constexpr std::chrono::seconds token_leeway{60};

/// Who a token speaks for.
struct token_identity {
  std::string subject;
  access_role role = access_role::none;
  /// `exp` and the leeway.
  utc_time until = {};
};

/// Why a token is not taken: for the client, without any part of the token.
struct token_refusal {
  std::string why;
};

using token_verdict = std::variant<token_identity, token_refusal>;

/// Judges the claims (RFC 7519, 4.1) of a token whose signature is right. `sub` and `exp` must be there;
/// times are numbers; `iss` and `aud` must be as in `expected`; one with `aud` is refused where none is
/// expected.
token_verdict judge_claims(const nlohmann::json& claims, const server_settings::jwt_settings& expected,
                           utc_time now);

} // namespace sluice
