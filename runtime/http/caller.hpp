#pragma once

#include "model/base/utc_time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// What somebody may do. Each includes the one before.
enum class access_role : std::uint8_t { none, read, admin };

/// Who sent a request, as audit rows and logs call them.
struct caller {
  /// `anonymous` (no token is set up), `admin-token`, `read-token`, or a JWT's subject.
  std::string name = {};
  access_role role = access_role::none;
  /// Showed a token; false: nobody asked for one, since only this machine can connect.
  bool authenticated = false;
  /// When what was shown ends to count; none: never by itself.
  std::optional<utc_time> until = {};
};

} // namespace sluice
