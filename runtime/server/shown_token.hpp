#pragma once

#include "runtime/http/http_message.hpp"

#include <optional>
#include <string>
#include <variant>

namespace sluice {

/// Returns the token that a request shows, by `Authorization: Bearer` or `X-Admin-Token`; nothing when it
/// shows none. The refusal otherwise: 400 for a token in the query (`token_in_query`: there it would end in
/// logs, histories and other sites' Referer), for a field given twice and for two tokens that differ
/// (`conflicting_tokens`); 401 for another scheme than Bearer.
std::variant<std::optional<std::string>, http_response> shown_token(const http_request& request);

/// Returns 401 with `WWW-Authenticate` (RFC 6750, 3). `broken`: a token was shown and is not taken.
http_response unauthorized(const char* code, const std::string& message, bool broken);

} // namespace sluice
