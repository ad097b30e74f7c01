#pragma once

#include "model/config/finding.hpp"
#include "runtime/config/server_settings.hpp"
#include "runtime/http/loopback.hpp"

namespace sluice {

/// Returns where to listen. Throws `error("cannot_listen")` for what is no address, and
/// `error("not_loopback")`, which names the settings that help, for one that other machines can reach when no
/// token and no JWT is set up.
listen_address allowed_listen_address(const server_settings& settings);

/// Adds what forbids serving with these settings although each is right by itself: an address that may not be
/// listened on, tokens and keys that cannot be used. A warning for tokens that would travel in the clear.
/// Reads the key set. When `out` has errors already only the form of the address is looked at, since the rest
/// may follow from them.
void check_serving(const server_settings& settings, findings& out);

} // namespace sluice
