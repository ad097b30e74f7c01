#pragma once

#include <string_view>

namespace sluice::detail {

inline bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Returns true when a number that `from_chars` could not represent is too small rather than too large: its
/// first significant digit stands far behind the point.
bool is_underflow(std::string_view number);

/// Returns true when the writer gives a double back as it is `written`: at most 15 digits (so that no shorter
/// form reads as the same double), no exponent, and no zeros that could be left out.
bool is_canonical_double(std::string_view written, double value) noexcept;

} // namespace sluice::detail
