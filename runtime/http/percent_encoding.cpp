#include "runtime/http/percent_encoding.hpp"

namespace sluice {

namespace {

/// Returns the value of a hexadecimal digit, or -1.
int digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

} // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    if (text.size() - at < 3)
      return {};
    const int high = digit(text[at + 1]);
    const int low = digit(text[at + 2]);
    if (high < 0 || low < 0 || high + low == 0)
      return {};
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return decoded;
}

} // namespace sluice
