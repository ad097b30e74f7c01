#pragma once

#include "model/base/utc_time.hpp"
#include "runtime/config/server_settings.hpp"
#include "runtime/server/json_web_keys.hpp"
#include "runtime/server/token_claims.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice {

/// Longest JSON Web Token, in bytes.
inline constexpr std::size_t web_token_limit = 8 * 1024;

/// Checks JSON Web Tokens (RFC 7515, 7519, 8725) of two kinds: HS256 by one secret, RS256 by the keys of a
/// set. Which key may check is decided by the algorithm that it was set up for, never by the token: a secret
/// checks HS256 only, a public key RS256 only. Immutable; any thread.
class json_web_token_verifier {
public:
  /// Reads the key set. Throws `error("bad_configuration")` that names the setting.
  explicit json_web_token_verifier(const server_settings::jwt_settings& settings);

  /// True when there is a secret or a key set.
  bool is_set_up() const noexcept { return !settings_.secret.empty() || keys_; }

  /// Returns who `token` speaks for at `now`, or why it is not taken. The signature is checked before
  /// anything is believed.
  token_verdict verify(std::string_view token, utc_time now) const;

private:
  bool is_signed(std::string_view header, std::string_view signed_text, std::string_view signature) const;

  server_settings::jwt_settings settings_;
  std::optional<json_web_keys> keys_;
};

} // namespace sluice
