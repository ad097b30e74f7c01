#include "model/run/lease.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace sluice {

namespace {

template <class Number>
bool read_number(std::string_view text, int base, Number& out) noexcept {
  const auto [stopped, failure] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return failure == std::errc{} && stopped == text.data() + text.size();
}

} // namespace

std::string to_string(const lease_owner& owner) {
  return fmt::format("{}:{}:{}:{:016x}", owner.boot_id, owner.pid, owner.start_time, owner.nonce);
}

std::optional<lease_owner> parse_lease_owner(std::string_view text) {
  std::array<std::string_view, 4> parts;
  auto rest = text;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto colon = rest.find(':');
    if (colon == rest.npos)
      return std::nullopt;
    parts[i] = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  parts.back() = rest;
  lease_owner owner;
  owner.boot_id = parts[0];
  if (owner.boot_id.empty() || !read_number(parts[1], 10, owner.pid) ||
      !read_number(parts[2], 10, owner.start_time) || !read_number(parts[3], 16, owner.nonce))
    return std::nullopt;
  return to_string(owner) == text ? std::optional(owner) : std::nullopt;
}

} // namespace sluice
