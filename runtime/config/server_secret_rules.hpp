#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Returns what is wrong with a token that clients show: 16 to 4096 characters, all visible ASCII, since it
/// travels in a header. Nothing when it is fit. Never quotes it.
std::optional<std::string> token_complaint(std::string_view token);

/// The same for a secret of HS256: 32 bytes or more (RFC 7518, 3.2), and no PEM text, which would be a public
/// key in a secret's place.
std::optional<std::string> signing_secret_complaint(std::string_view secret);

} // namespace sluice
