#include "steps/captured_text.hpp"

#include "model/message/utf8.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// Returns `bytes` without the beginning of a character at their end, if they end with one.
std::string_view without_half_character(std::string_view bytes) noexcept {
  constexpr std::size_t longest = 4;
  for (std::size_t back = 1; back < longest && back <= bytes.size(); ++back) {
    const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
    if ((byte & 0xC0) == 0x80)
      continue;
    const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return length > back ? bytes.substr(0, bytes.size() - back) : bytes;
  }
  return bytes;
}

} // namespace

void captured_text::append(std::string_view bytes) {
  const auto room = limit_ - bytes_.size();
  dropped_ = dropped_ || bytes.size() > room;
  bytes_.append(bytes.substr(0, room));
}

std::string captured_text::text(std::size_t limit) const {
  const auto kept = std::string_view(bytes_).substr(0, std::min(limit, bytes_.size()));
  return replace_invalid_utf8(truncated(limit) ? without_half_character(kept) : kept);
}

} // namespace sluice
