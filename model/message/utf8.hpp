#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// Returns the length in bytes (1 to 4) of the UTF-8 sequence that `bytes` starts with, or 0 when it starts
/// with none: overlong forms, surrogates and values above U+10FFFF are none (RFC 3629).
std::size_t utf8_sequence_length(std::string_view bytes) noexcept;

/// Returns the offset of the first byte that is not part of valid UTF-8, or `bytes.size()` when all are.
std::size_t find_invalid_utf8(std::string_view bytes) noexcept;

/// Returns `bytes` with each byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string replace_invalid_utf8(std::string_view bytes);

/// The replacement character U+FFFD in UTF-8.
inline constexpr std::string_view utf8_replacement = "\xEF\xBF\xBD";

/// Appends code point `code` (not a surrogate, at most U+10FFFF) to `out`.
void append_utf8(std::string& out, char32_t code);

} // namespace sluice
