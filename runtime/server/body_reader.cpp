#include "runtime/server/body_reader.hpp"

#include "model/base/error.hpp"
#include "model/config/suggestion.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace sluice {

namespace {

const nlohmann::ordered_json* find(const json& body, std::string_view name) {
  const auto& document = body.value();
  const auto found = document.find(std::string(name));
  return found == document.end() || found->is_null() ? nullptr : &*found;
}

[[noreturn]] void refuse_field(std::string_view name, std::string_view wanted,
                               const nlohmann::ordered_json& found) {
  auto text = found.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  throw error("bad_value", fmt::format("{}: expected {}, found {}", name, wanted, text.substr(0, 80)));
}

} // namespace

body_reader::body_reader(json body, std::initializer_list<std::string_view> known) : body_(std::move(body)) {
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& [name, unused] : body_.value().items())
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw error("bad_value",
                  fmt::format("there is no member '{}' here{}", name.substr(0, 80), suggest(name, names)));
}

bool body_reader::has(std::string_view name) const {
  return body_.value().contains(std::string(name));
}

bool body_reader::is_null(std::string_view name) const {
  return has(name) && find(body_, name) == nullptr;
}

std::optional<std::string> body_reader::text(std::string_view name) const {
  const auto* const value = find(body_, name);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_string())
    refuse_field(name, "a string", *value);
  return value->get<std::string>();
}

std::optional<bool> body_reader::boolean(std::string_view name) const {
  const auto* const value = find(body_, name);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_boolean())
    refuse_field(name, "true or false", *value);
  return value->get<bool>();
}

std::optional<std::int64_t> body_reader::integer(std::string_view name, std::int64_t least,
                                                 std::int64_t most) const {
  const auto* const value = find(body_, name);
  if (value == nullptr)
    return std::nullopt;
  // What is greater than any signed number is not within the bounds either.
  const bool fits =
      value->is_number_integer() &&
      (!value->is_number_unsigned() ||
       value->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) &&
      value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= most;
  if (!fits)
    refuse_field(name, fmt::format("a whole number from {} to {}", least, most), *value);
  return value->get<std::int64_t>();
}

std::optional<double> body_reader::number(std::string_view name, double least, double most) const {
  const auto* const value = find(body_, name);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_number() || value->get<double>() < least || value->get<double>() > most)
    refuse_field(name, fmt::format("a number from {} to {}", least, most), *value);
  return value->get<double>();
}

std::optional<json> body_reader::document(std::string_view name) const {
  const auto* const value = find(body_, name);
  return value == nullptr ? std::nullopt : std::optional(json(*value));
}

} // namespace sluice
