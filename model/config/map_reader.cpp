#include "model/config/map_reader.hpp"

#include "model/config/options.hpp"
#include "model/config/quantity.hpp"
#include "model/config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

const config_value* map_reader::value(std::string_view name) {
  known_.emplace_back(name);
  const auto* found = map_.find(name);
  return found && !found->is_null() ? found : nullptr;
}

const config_value* map_reader::map(std::string_view name) {
  return of_kind(name, config_value::kind::map, "a map");
}
const config_value* map_reader::list(std::string_view name) {
  return of_kind(name, config_value::kind::list, "a list");
}
const config_value* map_reader::scalar(std::string_view name) {
  return of_kind(name, config_value::kind::scalar, "a single value");
}

std::optional<std::string> map_reader::text(std::string_view name) {
  const auto* found = scalar(name);
  return found ? std::optional(found->text()) : std::nullopt;
}

std::optional<bool> map_reader::boolean(std::string_view name) {
  const auto* found = scalar(name);
  if (!found)
    return std::nullopt;
  const auto value = parse_boolean(found->text());
  if (!value)
    refuse_value(name, *found, describe(option_kind::boolean));
  return value;
}

std::optional<std::uint64_t> map_reader::count(std::string_view name, std::uint64_t least, std::uint64_t most,
                                               const char* code) {
  const auto* found = value(name);
  if (!found)
    return std::nullopt;
  const auto expected = fmt::format("a whole number from {} to {}", least, most);
  const auto number = found->is_scalar() ? parse_integer(found->text()) : std::nullopt;
  if (number && *number >= 0 && static_cast<std::uint64_t>(*number) >= least &&
      static_cast<std::uint64_t>(*number) <= most)
    return static_cast<std::uint64_t>(*number);
  const auto shown = found->is_scalar() ? fmt::format("'{}'", found->text()) : std::string(found->describe());
  report_at(code, name, fmt::format("expected {}, found {}", expected, shown), found->position());
  return std::nullopt;
}

std::optional<std::chrono::nanoseconds> map_reader::duration(std::string_view name) {
  const auto* found = scalar(name);
  if (!found)
    return std::nullopt;
  const auto value = parse_duration(found->text());
  if (!value)
    refuse_value(name, *found, describe(option_kind::duration));
  return value;
}

std::optional<std::string> map_reader::choice(std::string_view name,
                                              const std::vector<std::string>& choices) {
  const auto* found = scalar(name);
  if (!found)
    return std::nullopt;
  if (std::find(choices.begin(), choices.end(), found->text()) != choices.end())
    return found->text();
  report_at(finding_code::bad_value, name,
            fmt::format("'{}' is not one of {}{}", found->text(), fmt::join(choices, ", "),
                        suggest(found->text(), choices)),
            found->position());
  return std::nullopt;
}

void map_reader::refuse_unknown() {
  for (const auto& member : map_.members())
    if (std::find(known_.begin(), known_.end(), member.name) == known_.end())
      report_at(finding_code::unknown_option, member.name,
                fmt::format("unknown option '{}'{}", member.name, suggest(member.name, known_)),
                member.position);
}

std::string map_reader::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
}

source_position map_reader::position_of(std::string_view name) const {
  const auto* found = map_.find(name);
  return found ? found->position() : map_.position();
}

void map_reader::report(const char* code, std::string_view name, std::string text) {
  report_at(code, name, std::move(text), position_of(name));
}

void map_reader::report_at(const char* code, std::string_view name, std::string text, source_position at) {
  out_.push_back({finding::level::error, code, path_of(name), std::move(text), at});
}

const config_value* map_reader::of_kind(std::string_view name, config_value::kind kind,
                                        std::string_view expected) {
  const auto* found = value(name);
  if (!found || found->type() == kind)
    return found;
  report_at(finding_code::bad_value, name, fmt::format("expected {}, found {}", expected, found->describe()),
            found->position());
  return nullptr;
}

void map_reader::refuse_value(std::string_view name, const config_value& found, std::string_view expected) {
  report_at(finding_code::bad_value, name, fmt::format("'{}' is not {}", found.text(), expected),
            found.position());
}

} // namespace sluice
