#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Returns `text` with each `%XX` replaced by its byte (RFC 3986, 2.1); nothing when an escape is incomplete,
/// is no hexadecimal number, or is `%00`, which no name of ours holds. A `+` stays a plus.
std::optional<std::string> percent_decoded(std::string_view text);

} // namespace sluice
