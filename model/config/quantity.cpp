#include "model/config/quantity.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace sluice {

namespace {

struct unit {
  std::string_view name;
  double factor;
};

constexpr unit duration_units[] = {{"ns", 1e0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
constexpr unit size_units[] = {{"", 1e0},    {"B", 1e0},      {"KB", 1e3},     {"MB", 1e6},     {"GB", 1e9},
                               {"TB", 1e12}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
constexpr double longest_duration = 10'000 * 86400e9;

/// Takes a decimal number off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return (c < '0' || c > '9') && c != '.'; });
  const auto length = static_cast<std::size_t>(end - text.begin());
  double value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + length, value, std::chars_format::fixed);
  if (length == 0 || failure != std::errc{} || stop != text.data() + length)
    return std::nullopt;
  text.remove_prefix(length);
  return value;
}

template <std::size_t N>
const unit* find_unit(const unit (&units)[N], std::string_view name) {
  const auto* found = std::find_if(std::begin(units), std::end(units), [&](const unit& u) { return u.name == name; });
  return found == std::end(units) ? nullptr : found;
}

} // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  if (text == "0")
    return std::chrono::nanoseconds{0};
  if (text.empty())
    return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto value = take_number(text);
    if (!value)
      return std::nullopt;
    const auto end = std::find_if(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    const auto length = static_cast<std::size_t>(end - text.begin());
    const auto* found = find_unit(duration_units, text.substr(0, length));
    if (!found)
      return std::nullopt;
    total += *value * found->factor;
    text.remove_prefix(length);
  }
  if (!(total <= longest_duration))
    return std::nullopt;
  return std::chrono::nanoseconds{static_cast<std::int64_t>(std::llround(total))};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto value = take_number(text);
  if (!value)
    return std::nullopt;
  const auto* found = find_unit(size_units, text);
  if (!found || *value * found->factor > 0x1p62)
    return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*value * found->factor));
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between = i > 0 && i + 1 < text.size() && text[i - 1] != '_' && text[i + 1] != '_' && text[i - 1] != '-';
    if (text[i] == '_' && between)
      continue;
    digits += text[i];
  }
  const char* first = digits.data();
  const char* last = first + digits.size();
  if (first != last && *first == '+' && digits.size() > 1 && digits[1] != '-')
    ++first;
  std::int64_t value = 0;
  const auto [stop, failure] = std::from_chars(first, last, value);
  if (first == last || failure != std::errc{} || stop != last)
    return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  if (const auto whole = parse_integer(text))
    return static_cast<double>(*whole);
  double value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true")
    return true;
  if (text == "false")
    return false;
  return std::nullopt;
}

} // namespace sluice
