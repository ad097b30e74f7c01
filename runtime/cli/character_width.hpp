#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace sluice {

/// Whether a byte of UTF-8 goes on with a character instead of beginning one.
inline bool continues_character(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Characters, as far as a terminal without wide ones has them.
inline std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues_character(byte); }));
}

} // namespace sluice
