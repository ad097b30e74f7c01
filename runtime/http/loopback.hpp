#pragma once

#include "runtime/http/http_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Where to listen: a loopback address as digits, without brackets, and a port; 0 is any free one.
struct listen_address {
  std::string host;
  std::uint16_t port = 0;
};

/// Reads `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464` (which is 127.0.0.1; no name is looked up).
/// Throws `error("cannot_listen")` for anything else, and `error("not_loopback")` for another machine's view
/// of this one: without a token nobody else may look in, and tokens come with `sluice serve`.
listen_address parse_listen_address(const std::string& text);

/// Returns `127.0.0.1:9464` or `[::1]:9464`.
std::string to_string(const listen_address& address);

/// True for `localhost`, 127.0.0.0/8 and `[::1]`, each with or without a port.
bool is_loopback_authority(std::string_view authority);

/// Returns 403 for a request that a web page elsewhere may have made a browser send (DNS rebinding: Host is
/// not loopback; cross-site: Origin is not loopback), 400 for one without a proper Host, nothing for the
/// others. HTTP/1.0 may leave Host out; browsers never do.
std::optional<http_response> refuse_foreign(const http_request& request);

} // namespace sluice
