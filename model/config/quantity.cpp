#include "model/config/quantity.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace sluice {

namespace {

struct unit {
  std::string_view name;
  /// In nanoseconds or bytes.
  std::uint64_t factor;
};

constexpr std::uint64_t second = 1'000'000'000;
constexpr unit duration_units[] = {
    {"ns", 1},          {"us", 1'000},         {"ms", 1'000'000},     {"s", second},
    {"m", 60 * second}, {"h", 3'600 * second}, {"d", 86'400 * second}};
constexpr unit size_units[] = {{"", 1},
                               {"B", 1},
                               {"KB", 1'000},
                               {"MB", 1'000'000},
                               {"GB", 1'000'000'000},
                               {"TB", 1'000'000'000'000},
                               {"KiB", std::uint64_t{1} << 10},
                               {"MiB", std::uint64_t{1} << 20},
                               {"GiB", std::uint64_t{1} << 30},
                               {"TiB", std::uint64_t{1} << 40}};
constexpr std::uint64_t longest_duration = 10'000 * 86'400 * second;
constexpr std::uint64_t largest_size = std::uint64_t{1} << 62;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A decimal number before its unit. Whole and fraction are apart: a double would round sizes above 2^53.
struct decimal {
  std::uint64_t whole = 0;
  double fraction = 0;
  bool has_fraction = false;
};

std::size_t digits_at(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// Takes a decimal number off the front of `text`: digits, and perhaps a point and digits.
std::optional<decimal> take_decimal(std::string_view& text) {
  decimal result;
  const auto whole = digits_at(text);
  if (whole == 0 || std::from_chars(text.data(), text.data() + whole, result.whole).ec != std::errc{})
    return std::nullopt;
  text.remove_prefix(whole);
  if (text.empty() || text.front() != '.')
    return result;
  const auto fraction = digits_at(text.substr(1));
  if (fraction == 0)
    return std::nullopt;
  std::from_chars(text.data(), text.data() + 1 + fraction, result.fraction);
  result.has_fraction = true;
  text.remove_prefix(1 + fraction);
  return result;
}

/// Returns `value` in nanoseconds or bytes, or nothing above `limit`, or when it has a fraction of the
/// smallest unit.
std::optional<std::uint64_t> scale(const decimal& value, const unit& in, std::uint64_t limit) {
  if (value.whole > limit / in.factor || (value.has_fraction && in.factor == 1))
    return std::nullopt;
  const auto part = static_cast<std::uint64_t>(std::llround(value.fraction * static_cast<double>(in.factor)));
  const auto total = value.whole * in.factor + part;
  return total <= limit ? std::optional(total) : std::nullopt;
}

template <std::size_t N>
const unit* find_unit(const unit (&units)[N], std::string_view name) {
  const auto* found =
      std::find_if(std::begin(units), std::end(units), [&](const unit& u) { return u.name == name; });
  return found == std::end(units) ? nullptr : found;
}

/// `from_chars` knows no plus sign.
const char* skip_plus(const char* first, const char* last) {
  return last - first > 1 && first[0] == '+' && first[1] != '-' ? first + 1 : first;
}

} // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  if (text == "0")
    return std::chrono::nanoseconds{0};
  if (text.empty())
    return std::nullopt;
  std::uint64_t total = 0;
  while (!text.empty()) {
    const auto value = take_decimal(text);
    if (!value)
      return std::nullopt;
    const auto length =
        static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_digit) - text.begin());
    const auto* found = find_unit(duration_units, text.substr(0, length));
    const auto part = found ? scale(*value, *found, longest_duration) : std::nullopt;
    if (!part || total + *part > longest_duration)
      return std::nullopt;
    total += *part;
    text.remove_prefix(length);
  }
  return std::chrono::nanoseconds{static_cast<std::int64_t>(total)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto value = take_decimal(text);
  const auto* found = find_unit(size_units, text);
  return value && found ? scale(*value, *found, largest_size) : std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between = i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (text[i] != '_' || !between)
      digits += text[i];
  }
  const char* first = skip_plus(digits.data(), digits.data() + digits.size());
  const char* last = digits.data() + digits.size();
  std::int64_t value = 0;
  const auto [stop, failure] = std::from_chars(first, last, value);
  if (failure != std::errc{} || stop != last)
    return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  if (const auto whole = parse_integer(text))
    return static_cast<double>(*whole);
  const char* first = skip_plus(text.data(), text.data() + text.size());
  const char* last = text.data() + text.size();
  double value = 0;
  const auto [stop, failure] = std::from_chars(first, last, value);
  if (failure != std::errc{} || stop != last || !std::isfinite(value))
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
