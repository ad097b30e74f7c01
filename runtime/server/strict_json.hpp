#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string_view>

namespace sluice {

/// Returns the JSON object in `text`; nothing when it is none, is nested deeper than 16, or has a member
/// twice: two readers must not see two different documents where one decides who is let in (RFC 7515, 4).
std::optional<nlohmann::json> parse_strict_object(std::string_view text);

} // namespace sluice
