#include "model/config/options.hpp"

#include "model/config/quantity.hpp"
#include "model/config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

const option_spec* find_spec(const std::vector<option_spec>& specs, std::string_view name) {
  const auto found =
      std::find_if(specs.begin(), specs.end(), [&](const option_spec& s) { return s.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

/// Returns the value in the unit of an option's bounds, or nothing when it does not read as that kind.
std::optional<double> read_quantity(option_kind kind, const std::string& text) {
  const auto widen = [](const auto& value) {
    return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
  };
  switch (kind) {
  case option_kind::integer:
    return widen(parse_integer(text));
  case option_kind::number:
    return parse_number(text);
  case option_kind::size:
    return widen(parse_size(text));
  case option_kind::duration:
    if (const auto value = parse_duration(text))
      return static_cast<double>(value->count());
    return std::nullopt;
  default:
    return std::nullopt;
  }
}

std::string describe_bound(option_kind kind, double bound) {
  if (kind == option_kind::size)
    return fmt::format("{} bytes", bound);
  if (kind != option_kind::duration)
    return fmt::format("{}", bound);
  if (bound >= 1e9)
    return fmt::format("{}s", bound / 1e9);
  return bound >= 1e6 ? fmt::format("{}ms", bound / 1e6) : fmt::format("{}ns", bound);
}

/// Returns what is wrong with a scalar for `spec`, or an empty string.
std::string complaint(const option_spec& spec, const std::string& text) {
  if (spec.kind == option_kind::boolean)
    return parse_boolean(text) ? "" : fmt::format("'{}' is not {}", text, describe(spec.kind));
  if (spec.kind == option_kind::choice) {
    if (std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end())
      return "";
    return fmt::format("'{}' is not one of {}{}", text, fmt::join(spec.choices, ", "),
                       suggest(text, spec.choices));
  }
  if (spec.kind == option_kind::string)
    return "";
  const auto value = read_quantity(spec.kind, text);
  if (!value)
    return fmt::format("'{}' is not {}", text, describe(spec.kind));
  if (spec.minimum && *value < *spec.minimum)
    return fmt::format("{} is too small; at least {}", text, describe_bound(spec.kind, *spec.minimum));
  if (spec.maximum && *value > *spec.maximum)
    return fmt::format("{} is too large; at most {}", text, describe_bound(spec.kind, *spec.maximum));
  return "";
}

bool all_scalars(const config_value& value) {
  return std::all_of(value.items().begin(), value.items().end(),
                     [](const config_value& v) { return v.is_scalar(); }) &&
         std::all_of(value.members().begin(), value.members().end(),
                     [](const auto& m) { return m.value.is_scalar(); });
}

std::string check_value(const option_spec& spec, const config_value& value) {
  const auto wrong = [&] {
    return fmt::format("expected {}, found {}", describe(spec.kind), value.describe());
  };
  switch (spec.kind) {
  case option_kind::any:
    return "";
  case option_kind::string_list:
    return value.is_list() && all_scalars(value) ? "" : wrong();
  case option_kind::string_map:
    return value.is_map() && all_scalars(value) ? "" : wrong();
  default:
    return value.is_scalar() ? complaint(spec, value.text()) : wrong();
  }
}

} // namespace

std::string_view describe(option_kind kind) noexcept {
  switch (kind) {
  case option_kind::string:
    return "a string";
  case option_kind::integer:
    return "a whole number";
  case option_kind::number:
    return "a number";
  case option_kind::boolean:
    return "true or false";
  case option_kind::duration:
    return "a duration such as 250ms or 30s";
  case option_kind::size:
    return "a size such as 64KiB";
  case option_kind::choice:
    return "one of the choices";
  case option_kind::string_list:
    return "a list of strings";
  case option_kind::string_map:
    return "a map of strings";
  case option_kind::any:
    return "any value";
  }
  return "a value";
}

options::options(std::vector<option_spec> specs, config_value given)
    : specs_(std::move(specs)), given_(std::move(given)) {}

bool options::has(std::string_view name) const {
  const auto* found = find_spec(specs_, name);
  if (!found)
    throw internal_error(fmt::format("no option '{}' is declared", name));
  const auto* value = given_.find(name);
  return (value && !value->is_null()) || !found->default_value.empty();
}

const option_spec& options::spec(std::string_view name, option_kind kind) const {
  const auto* found = find_spec(specs_, name);
  if (!found || found->kind != kind)
    throw internal_error(fmt::format("no option '{}' of that kind is declared", name));
  return *found;
}

std::string options::scalar(std::string_view name, option_kind kind) const {
  const auto& declared = spec(name, kind);
  const auto* value = given_.find(name);
  return value && value->is_scalar() ? value->text() : declared.default_value;
}

std::string options::get_string(std::string_view name) const {
  const auto* declared = find_spec(specs_, name);
  return scalar(name, declared && declared->kind == option_kind::choice ? option_kind::choice
                                                                        : option_kind::string);
}

std::int64_t options::get_integer(std::string_view name) const {
  return parse_integer(scalar(name, option_kind::integer)).value_or(0);
}

double options::get_number(std::string_view name) const {
  return parse_number(scalar(name, option_kind::number)).value_or(0);
}

bool options::get_boolean(std::string_view name) const {
  return parse_boolean(scalar(name, option_kind::boolean)).value_or(false);
}

std::chrono::nanoseconds options::get_duration(std::string_view name) const {
  return parse_duration(scalar(name, option_kind::duration)).value_or(std::chrono::nanoseconds{0});
}

std::uint64_t options::get_size(std::string_view name) const {
  return parse_size(scalar(name, option_kind::size)).value_or(0);
}

std::vector<std::string> options::get_string_list(std::string_view name) const {
  (void)spec(name, option_kind::string_list);
  std::vector<std::string> result;
  if (const auto* value = given_.find(name))
    for (const auto& item : value->items())
      result.push_back(item.text());
  return result;
}

std::vector<std::pair<std::string, std::string>> options::get_string_map(std::string_view name) const {
  (void)spec(name, option_kind::string_map);
  std::vector<std::pair<std::string, std::string>> result;
  if (const auto* value = given_.find(name))
    for (const auto& entry : value->members())
      result.emplace_back(entry.name, entry.value.text());
  return result;
}

config_value options::get_any(std::string_view name) const {
  const auto& declared = spec(name, option_kind::any);
  if (const auto* value = given_.find(name); value && !value->is_null())
    return *value;
  return declared.default_value.empty() ? config_value{} : config_value::scalar(declared.default_value);
}

void check_options(const std::vector<option_spec>& specs, const config_value& given, const std::string& path,
                   const std::vector<std::string>& reserved, findings& out) {
  const auto report = [&](const char* code, const std::string& name, std::string text, source_position at) {
    out.push_back(
        {finding::level::error, code, path.empty() ? name : path + "." + name, std::move(text), at});
  };
  std::vector<std::string> known = reserved;
  for (const auto& spec : specs)
    known.push_back(spec.name);
  for (const auto& entry : given.members()) {
    if (std::find(reserved.begin(), reserved.end(), entry.name) != reserved.end())
      continue;
    const auto* spec = find_spec(specs, entry.name);
    if (!spec) {
      report(finding_code::unknown_option, entry.name,
             fmt::format("unknown option '{}'{}", entry.name, suggest(entry.name, known)), entry.position);
      continue;
    }
    if (entry.value.is_null() && !spec->required)
      continue;
    if (auto text = check_value(*spec, entry.value); !text.empty())
      report(finding_code::bad_value, entry.name, std::move(text), entry.value.position());
  }
  for (const auto& spec : specs)
    if (spec.required && !given.find(spec.name))
      report(finding_code::bad_value, spec.name,
             fmt::format("the option '{}' is required: {}", spec.name, spec.description), given.position());
}

} // namespace sluice
