#include "model/base/name.hpp"

#include "model/base/defaults.hpp"

#include <algorithm>

namespace sluice {

namespace {

constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

} // namespace

bool is_valid_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > defaults::name_length || !is_letter(name.front()))
    return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

} // namespace sluice
