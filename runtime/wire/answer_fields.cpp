#include "runtime/wire/answer_fields.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

std::optional<std::uint64_t> as_count(const ordered_json& value) {
  if (value.is_number_unsigned())
    return value.get<std::uint64_t>();
  if (value.is_number_integer() && value.get<std::int64_t>() >= 0)
    return static_cast<std::uint64_t>(value.get<std::int64_t>());
  return std::nullopt;
}

std::optional<std::int64_t> as_number(const ordered_json& value) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<std::uint64_t>() > most))
    return std::nullopt;
  return value.get<std::int64_t>();
}

} // namespace

answer_fields::answer_fields(const ordered_json& object, std::string what)
    : object_(&object), what_(std::move(what)) {
  if (!object.is_object())
    throw error("bad_answer", fmt::format("the server's answer cannot be read: {} is no object; is it a "
                                          "Sluice server?",
                                          what_));
}

void answer_fields::refuse(std::string_view name, std::string_view wanted) const {
  throw error("bad_answer", fmt::format("the server's answer cannot be read: {}.{} is not {}; is it a Sluice "
                                        "server of this version?",
                                        what_, name, wanted));
}

const ordered_json* answer_fields::find(const char* name) const {
  const auto found = object_->find(name);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> answer_fields::optional_text(const char* name) const {
  const auto* const value = find(name);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_string())
    refuse(name, "a text");
  return value->get<std::string>();
}

std::optional<std::uint64_t> answer_fields::optional_count(const char* name) const {
  const auto* const value = find(name);
  if (value == nullptr)
    return std::nullopt;
  const auto result = as_count(*value);
  if (!result)
    refuse(name, "a whole number from 0 on");
  return result;
}

std::optional<double> answer_fields::optional_real(const char* name) const {
  const auto* const value = find(name);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_number())
    refuse(name, "a number");
  return value->get<double>();
}

std::optional<bool> answer_fields::optional_flag(const char* name) const {
  const auto* const value = find(name);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_boolean())
    refuse(name, "true or false");
  return value->get<bool>();
}

std::optional<uuid> answer_fields::optional_id(const char* name) const {
  const auto written = optional_text(name);
  if (!written)
    return std::nullopt;
  const auto result = parse_uuid(*written);
  if (!result)
    refuse(name, "an id");
  return result;
}

std::optional<utc_time> answer_fields::optional_time(const char* name) const {
  const auto written = optional_text(name);
  if (!written)
    return std::nullopt;
  const auto result = parse_utc_time(*written);
  if (!result)
    refuse(name, "a UTC time with milliseconds");
  return result;
}

std::string answer_fields::text(const char* name) const {
  auto value = optional_text(name);
  if (!value)
    refuse(name, "a text");
  return std::move(*value);
}

std::uint64_t answer_fields::count(const char* name) const {
  const auto value = optional_count(name);
  if (!value)
    refuse(name, "a whole number from 0 on");
  return *value;
}

std::int64_t answer_fields::number(const char* name) const {
  const auto* const value = find(name);
  const auto result = value != nullptr ? as_number(*value) : std::nullopt;
  if (!result)
    refuse(name, "a whole number");
  return *result;
}

bool answer_fields::flag(const char* name) const {
  const auto value = optional_flag(name);
  if (!value)
    refuse(name, "true or false");
  return *value;
}

uuid answer_fields::id(const char* name) const {
  const auto value = optional_id(name);
  if (!value)
    refuse(name, "an id");
  return *value;
}

utc_time answer_fields::time(const char* name) const {
  const auto value = optional_time(name);
  if (!value)
    refuse(name, "a UTC time with milliseconds");
  return *value;
}

const ordered_json& answer_fields::list(const char* name) const {
  const auto* const value = find(name);
  if (value == nullptr || !value->is_array())
    refuse(name, "a list");
  return *value;
}

void for_each_item(const ordered_json& answer, const char* name,
                   const std::function<void(const ordered_json&)>& take) {
  const answer_fields fields(answer, "answer");
  for (const auto& item : fields.list(name))
    take(item);
}

ordered_json parse_answer(std::string_view text) {
  auto document = ordered_json::parse(text, nullptr, false);
  if (document.is_discarded())
    throw error("bad_answer", fmt::format("the server's answer is no JSON: '{}'; is it a Sluice server?",
                                          text.substr(0, 60)));
  return document;
}

} // namespace sluice
