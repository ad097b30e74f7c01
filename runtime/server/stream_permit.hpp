#pragma once

#include "runtime/http/http_message.hpp"
#include "runtime/server/access_control.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// The right of a client to go on reading a stream that it was let open: it ends with the token that was
/// shown, when that expires or the server is given other ones. One thread at a time.
class stream_permit {
public:
  /// `request` was admitted by `access`, which must outlive the permit.
  stream_permit(const access_control& access, const http_request& request);

  /// Returns why the client may not go on; nothing: it may. Costs something only after a reload, at the
  /// expiry, and the first time.
  std::optional<std::string> objection();

private:
  const access_control& access_;
  /// Without its body.
  http_request shown_;
  /// Of the rules that have admitted it; none: it has not been looked at since it was let in.
  std::optional<std::uint64_t> generation_;
  std::optional<utc_time> until_;
};

} // namespace sluice
