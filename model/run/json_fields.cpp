#include "model/run/json_fields.hpp"

#include "model/config/quantity.hpp"
#include "model/config/suggestion.hpp"
#include "model/message/json_writer.hpp"
#include "model/message/utf8.hpp"
#include "model/run/json_members.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

std::optional<std::chrono::milliseconds> as_duration(const ordered_json& value) {
  if (!value.is_string())
    return std::nullopt;
  const auto exact = parse_duration(value.get_ref<const std::string&>());
  if (!exact || *exact % std::chrono::milliseconds{1} != std::chrono::nanoseconds{0})
    return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(*exact);
}

} // namespace

std::string excerpt(const ordered_json& value) {
  constexpr std::size_t longest = 60;
  std::string text;
  write_json(text, value);
  if (text.size() <= longest)
    return text;
  text.resize(longest);
  // Not in the middle of a character.
  text.resize(find_invalid_utf8(text));
  return text + "…";
}

json_fields::json_fields(const ordered_json& object, std::string path, const std::vector<std::string>& known,
                         findings& out)
    : object_(&object), path_(std::move(path)), out_(&out) {
  for (const auto& member : object.items()) {
    if (std::find(known.begin(), known.end(), member.key()) != known.end())
      continue;
    const auto near = suggest(member.key(), known);
    report(finding_code::unknown_option, member.key(),
           fmt::format("there is no '{}' here{}", member.key(),
                       near.empty() ? fmt::format("; use {}", fmt::join(known, ", ")) : near));
  }
}

const ordered_json* json_fields::find(const std::string& name) const {
  const auto found = object_->find(name);
  return found == object_->end() ? nullptr : &*found;
}

const ordered_json* json_fields::require(const std::string& name, std::string_view wanted) {
  const auto* const value = find(name);
  if (value == nullptr)
    report(finding_code::bad_value, name, fmt::format("it is missing; expected {}", wanted));
  return value;
}

void json_fields::read_string(const std::string& name, std::string& field) {
  const auto* const value = find(name);
  if (value == nullptr)
    return;
  if (!value->is_string())
    return report_wanted(name, *value, "a string");
  field = value->get<std::string>();
}

void json_fields::read_count(const std::string& name, unsigned least, unsigned most, unsigned& field) {
  const auto* const value = find(name);
  if (value == nullptr)
    return;
  // A number above zero is unsigned when it is read from text and signed when it was made by a program.
  const bool fits = value->is_number_integer() && *value >= least && *value <= most;
  if (!fits)
    return report_wanted(name, *value, fmt::format("a whole number from {} to {}", least, most));
  field = value->get<unsigned>();
}

void json_fields::read_share(const std::string& name, double& field) {
  const auto* const value = find(name);
  if (value == nullptr)
    return;
  if (!value->is_number() || value->get<double>() < 0 || value->get<double>() > 1)
    return report_wanted(name, *value, "a number from 0 to 1");
  field = value->get<double>();
}

void json_fields::read_duration(const std::string& name, std::chrono::milliseconds least,
                                std::chrono::milliseconds most, std::chrono::milliseconds& field) {
  const auto* const value = find(name);
  if (value == nullptr)
    return;
  const auto duration = as_duration(*value);
  if (!duration || *duration < least || *duration > most)
    return report_wanted(name, *value,
                         fmt::format("a duration such as \"30s\", in whole milliseconds, from {} ms to {} s",
                                     least.count(),
                                     std::chrono::duration_cast<std::chrono::seconds>(most).count()));
  field = *duration;
}

void json_fields::report(const char* code, const std::string& name, std::string text) {
  out_->push_back({finding::level::error, code, path_of(name), std::move(text), {}});
}

void json_fields::report_wanted(const std::string& name, const ordered_json& value, std::string_view wanted) {
  report(finding_code::bad_value, name, fmt::format("expected {}, found {}", wanted, excerpt(value)));
}

std::string json_fields::path_of(const std::string& name) const {
  return member_path(path_, name);
}

} // namespace sluice::detail
