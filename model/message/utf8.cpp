#include "model/message/utf8.hpp"

namespace sluice {

namespace {

bool within(unsigned char byte, unsigned low, unsigned high) noexcept {
  return byte >= low && byte <= high;
}

/// The range that the second byte must lie in is what rules out overlong forms, surrogates and too large
/// values.
struct second_range {
  unsigned low;
  unsigned high;
};

second_range range_after(unsigned char first) noexcept {
  switch (first) {
  case 0xE0:
    return {0xA0, 0xBF};
  case 0xED:
    return {0x80, 0x9F};
  case 0xF0:
    return {0x90, 0xBF};
  case 0xF4:
    return {0x80, 0x8F};
  default:
    return {0x80, 0xBF};
  }
}

std::size_t length_announced_by(unsigned char first) noexcept {
  if (within(first, 0xC2, 0xDF))
    return 2;
  if (within(first, 0xE0, 0xEF))
    return 3;
  return within(first, 0xF0, 0xF4) ? 4 : 0;
}

} // namespace

std::size_t utf8_sequence_length(std::string_view bytes) noexcept {
  if (bytes.empty())
    return 0;
  const auto at = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
  if (at(0) < 0x80)
    return 1;
  const auto length = length_announced_by(at(0));
  if (length == 0 || bytes.size() < length)
    return 0;
  const auto second = range_after(at(0));
  if (!within(at(1), second.low, second.high))
    return 0;
  for (std::size_t index = 2; index < length; ++index)
    if (!within(at(index), 0x80, 0xBF))
      return 0;
  return length;
}

std::size_t find_invalid_utf8(std::string_view bytes) noexcept {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto length = utf8_sequence_length(bytes.substr(at));
    if (length == 0)
      return at;
    at += length;
  }
  return at;
}

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string result;
  result.reserve(bytes.size());
  for (;;) {
    const auto valid = find_invalid_utf8(bytes);
    result.append(bytes.substr(0, valid));
    if (valid == bytes.size())
      return result;
    result.append(utf8_replacement);
    bytes.remove_prefix(valid + 1);
  }
}

void append_utf8(std::string& out, char32_t code) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  const auto put_rest = [&](unsigned shift) { put(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put_rest(0);
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put_rest(6);
    put_rest(0);
  } else {
    put(0xF0 | (code >> 18));
    put_rest(12);
    put_rest(6);
    put_rest(0);
  }
}

} // namespace sluice
