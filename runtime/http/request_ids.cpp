#include "runtime/http/request_ids.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice {

namespace {

constexpr std::size_t longest = 64;
constexpr std::string_view field_name = "X-Request-Id";

void append_hex(std::string& text, std::uint64_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    text += "0123456789abcdef"[(value >> shift) & 15];
}

bool is_ours(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
         c == '-';
}

} // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), is_ours);
}

std::string request_ids::name(const http_request& request) {
  const auto* given = request.find(field_name);
  return given && is_request_id(*given) ? *given : next();
}

std::string request_ids::next() {
  std::string id;
  id.reserve(32);
  append_hex(id, origin_, 12);
  id += '-';
  append_hex(id, ++count_, 12);
  return id;
}

} // namespace sluice
