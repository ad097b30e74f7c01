#pragma once

#include "runtime/http/http_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Where to listen: an IP address as digits, without brackets, and a port; 0 is any free one.
struct listen_address {
  std::string host;
  std::uint16_t port = 0;
};

/// Who may connect: programs on this machine, or everybody who can reach it.
enum class listen_scope : std::uint8_t { loopback, any };

/// Reads `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464` (which is 127.0.0.1; no name is looked up); with
/// `listen_scope::any` every address of this machine, `0.0.0.0` and `[::]` for all of them.
/// Throws `error("cannot_listen")` for anything else, and `error("not_loopback")` for an address that other
/// machines can reach when `scope` is loopback: nobody else may look in without a token.
listen_address parse_listen_address(const std::string& text, listen_scope scope = listen_scope::loopback);

/// True for an address that other machines cannot reach.
bool is_loopback(const listen_address& address);

/// Returns `127.0.0.1:9464` or `[::1]:9464`.
std::string to_string(const listen_address& address);

/// True for `localhost`, 127.0.0.0/8 and `[::1]`, each with or without a port.
bool is_loopback_authority(std::string_view authority);

/// True when `authority` (`name`, `name:port`) is one of `hosts`, whatever the case and a final dot. A host
/// that names a port must be met with that port, one without fits every port.
bool is_listed_authority(std::string_view authority, const std::vector<std::string>& hosts);

/// Returns 403 for a request that a web page elsewhere may have made a browser send (DNS rebinding: Host is
/// neither loopback nor one of `hosts`; cross-site: Origin is neither), 400 for one without a proper Host,
/// nothing for the others. HTTP/1.0 may leave Host out; browsers never do.
/// @param hosts names, besides loopback, that this server goes by, such as `sluice.example`.
std::optional<http_response> refuse_foreign(const http_request& request,
                                            const std::vector<std::string>& hosts = {});

} // namespace sluice
