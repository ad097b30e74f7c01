#include "nodes/io/config_json.hpp"

#include "model/base/defaults.hpp"
#include "model/base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <regex>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

bool is_one_of(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* word) { return text == word; });
}

template <class Integer>
std::optional<Integer> whole(std::string_view digits, int base = 10) {
  Integer value{};
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (failed != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  return value;
}

/// Returns the integer, or nothing when it needs more than 64 bits.
std::optional<document> integer_of(std::string_view text, int base) {
  if (const auto value = whole<std::int64_t>(text, base))
    return document(*value);
  if (const auto value = whole<std::uint64_t>(text, base))
    return document(*value);
  return std::nullopt;
}

[[noreturn]] void throw_no_json(const std::string& text) {
  throw error("bad_value",
              fmt::format("the number {} has no JSON form; quote it to send it as a string", text));
}

document float_of(const std::string& text) {
  const double value = std::strtod(text.c_str(), nullptr);
  if (!std::isfinite(value))
    throw_no_json(text);
  return value;
}

/// Returns the value of a scalar that reads as a number, or nothing.
std::optional<document> number_of(const std::string& text) {
  static const std::regex decimal("[-+]?[0-9]+");
  static const std::regex octal("0o[0-7]+");
  static const std::regex hexadecimal("0x[0-9a-fA-F]+");
  static const std::regex floating("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  static const std::regex not_finite("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  // A longer scalar cannot be meant as a number, and std::regex recurses once per character.
  constexpr std::size_t longest = 400;
  if (text.size() > longest)
    return std::nullopt;
  const std::string_view whole_text = text;
  std::optional<document> found;
  if (std::regex_match(text, octal) || std::regex_match(text, hexadecimal)) {
    found = integer_of(whole_text.substr(2), text[1] == 'o' ? 8 : 16);
    if (!found)
      throw_no_json(text);
    return found;
  }
  if (std::regex_match(text, not_finite))
    throw_no_json(text);
  if (std::regex_match(text, decimal))
    found = integer_of(text[0] == '+' ? whole_text.substr(1) : whole_text, 10);
  if (!found && std::regex_match(text, floating))
    found = float_of(text);
  return found;
}

document scalar_of(const config_value& value) {
  const auto& text = value.text();
  if (value.is_quoted())
    return text;
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"}))
    return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"}))
    return true;
  if (is_one_of(text, {"false", "False", "FALSE"}))
    return false;
  if (auto number = number_of(text))
    return std::move(*number);
  return text;
}

document document_of(const config_value& value, std::size_t depth) {
  if (value.is_scalar())
    return scalar_of(value);
  if (depth >= defaults::json_depth)
    throw error("bad_value", fmt::format("the value is nested deeper than {} levels", defaults::json_depth));
  if (value.is_list()) {
    auto list = document::array();
    for (const auto& item : value.items())
      list.push_back(document_of(item, depth + 1));
    return list;
  }
  if (value.is_map()) {
    auto object = document::object();
    for (const auto& entry : value.members())
      object[entry.name] = document_of(entry.value, depth + 1);
    return object;
  }
  return nullptr;
}

} // namespace

json json_of(const config_value& value) {
  return json(document_of(value, 0));
}

} // namespace sluice
