#pragma once

#include "model/base/utc_time.hpp"
#include "runtime/config/server_settings.hpp"
#include "runtime/http/http_message.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <variant>

namespace sluice {

/// Decides who a request comes from and whether it may come at all: tokens (constant time), JWT (HS256,
/// RS256), and without either: loopback clients only, whose Host is loopback and whose Origin is not
/// another site's. Any thread; `admit` never waits.
class access_control {
public:
  /// Throws `error("bad_configuration")` that names the setting: a key file that cannot be read, a token that
  /// is too short, a JWKS without a usable key.
  /// @param clock for the expiry of JWT; tests put in one of theirs; none: the host's.
  explicit access_control(const server_settings::security_settings& settings,
                          std::function<utc_time()> clock = {});
  ~access_control();
  access_control(const access_control&) = delete;
  access_control& operator=(const access_control&) = delete;

  /// Returns who asks, or the refusal: 400 (no proper Host, a token in the query, or two that differ), 401
  /// (no or a wrong token, with `WWW-Authenticate`), 403 (another machine, or a foreign Host, Origin or
  /// Sec-Fetch-Site). With nothing set up everybody who passes is `anonymous` and admin, whatever token is
  /// shown.
  std::variant<caller, http_response> admit(const http_request& request) const;

  /// Another number after each reload: whoever was admitted before may not be any more.
  std::uint64_t generation() const noexcept;
  /// By the clock that decides what has expired.
  utc_time now() const;

  /// True when a token or JWT is set up: then other machines may connect.
  bool has_credentials() const noexcept;
  /// Whether a caller may submit what starts programs, opens files or calls servers.
  bool may_execute(const caller& who) const noexcept;

  /// Takes new tokens and keys, all or none; throws as the constructor. Any thread.
  void reload(const server_settings::security_settings& settings);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace sluice
