#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Returns the bytes that `text` stands for (RFC 4648, 5, without padding, as RFC 7515 has it); nothing when
/// it is not the one text that does: other characters, padding, or bits left over that are not zero.
std::optional<std::string> decode_base64url(std::string_view text);

} // namespace sluice
