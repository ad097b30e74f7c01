#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::detail {

/// True for the bytes of a JSON string that need no thought: not `"`, `\`, a control character or beyond
/// ASCII.
inline constexpr auto plain_json_bytes = [] {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte)
    table[byte] = byte != '"' && byte != '\\';
  return table;
}();

/// Returns the first byte in [at, end) that is not plain, or `end`. Looks at eight bytes at a time: a byte's
/// top bit in `found` is set when it is special (and perhaps those of bytes after the first special one,
/// which does not matter).
inline const char* skip_plain_json(const char* at, const char* end) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x80 * ones;
  if constexpr (std::endian::native == std::endian::little) {
    while (end - at >= 8) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, at, sizeof bytes);
      const auto quote = bytes ^ ('"' * ones);
      const auto backslash = bytes ^ ('\\' * ones);
      const auto found = (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) |
                          ((bytes - 0x20 * ones) & ~bytes) | bytes) &
                         tops;
      if (found != 0)
        return at + std::countr_zero(found) / 8;
      at += 8;
    }
  }
  while (at != end && plain_json_bytes[static_cast<unsigned char>(*at)])
    ++at;
  return at;
}

/// May stand before a document, and means nothing.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// White space between the parts of a document (RFC 8259, 2).
inline bool is_space(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace sluice::detail
