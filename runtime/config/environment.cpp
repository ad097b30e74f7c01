#include "runtime/config/environment.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace sluice {

namespace {

bool is_name_character(char c, bool first) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

/// One `${…}` at the front of a text.
struct reference {
  std::string_view name;
  std::optional<std::string_view> fallback;
  std::optional<std::string_view> message;
  std::size_t length = 0;
};

/// Returns the reference that `text`, which begins with `${`, begins with; nothing when it is not of an exact
/// form.
std::optional<reference> take_reference(std::string_view text) {
  std::size_t end = 2;
  while (end < text.size() && is_name_character(text[end], end == 2))
    ++end;
  const auto close = text.find('}', end);
  if (end == 2 || close == std::string_view::npos)
    return std::nullopt;
  reference found{text.substr(2, end - 2), {}, {}, close + 1};
  if (close == end)
    return found;
  const auto operation = text.substr(end, 2);
  const auto argument = close >= end + 2 ? text.substr(end + 2, close - end - 2) : std::string_view{};
  if (close < end + 2 || (operation != ":-" && operation != ":?"))
    return std::nullopt;
  (operation == ":-" ? found.fallback : found.message) = argument;
  return found;
}

class substitution {
public:
  substitution(const environment_lookup& lookup, findings& out) : lookup_(lookup), out_(out) {}

  config_value apply(const config_value& value, const std::string& path) const {
    if (value.is_scalar())
      return value.text().find("${") == std::string::npos
                 ? value
                 : config_value::scalar(expand(value, path), value.is_quoted(), value.position());
    if (value.is_list()) {
      std::vector<config_value> items;
      for (const auto& item : value.items())
        items.push_back(apply(item, fmt::format("{}[{}]", path, items.size())));
      return config_value::list(std::move(items), value.position());
    }
    if (value.is_map()) {
      std::vector<config_value::member> members;
      for (const auto& [name, at, inner] : value.members())
        members.push_back({name, at, apply(inner, path.empty() ? name : path + "." + name)});
      return config_value::map(std::move(members), value.position());
    }
    return value;
  }

private:
  std::string expand(const config_value& value, const std::string& path) const {
    std::string result;
    std::string_view rest = value.text();
    while (!rest.empty()) {
      if (rest.substr(0, 3) == "$${") {
        result += "${";
        rest.remove_prefix(3);
        continue;
      }
      const auto found = rest.substr(0, 2) == "${" ? take_reference(rest) : std::nullopt;
      if (!found) {
        result += rest.front();
        rest.remove_prefix(1);
        continue;
      }
      const auto replacement = resolve(*found, path, value.position());
      result += replacement ? *replacement : std::string(rest.substr(0, found->length));
      rest.remove_prefix(found->length);
    }
    return result;
  }

  std::optional<std::string> resolve(const reference& wanted, const std::string& path,
                                     source_position at) const {
    auto value = lookup_ ? lookup_(wanted.name) : std::nullopt;
    if (value && (!value->empty() || (!wanted.fallback && !wanted.message)))
      return value;
    if (wanted.fallback)
      return std::string(*wanted.fallback);
    const auto text =
        wanted.message
            ? fmt::format("the environment variable '{}' is not set: {}", wanted.name, *wanted.message)
            : fmt::format("the environment variable '{0}' is not set; set it, or write ${{{0}:-default}}",
                          wanted.name);
    out_.push_back({finding::level::error, finding_code::bad_value, path, text, at});
    return std::nullopt;
  }

  const environment_lookup& lookup_;
  findings& out_;
};

} // namespace

config_value substitute_environment(const config_value& root, const environment_lookup& lookup,
                                    findings& out) {
  return substitution(lookup, out).apply(root, "");
}

} // namespace sluice
