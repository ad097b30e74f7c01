#include "nodes/rules/compact_member.hpp"

#include "model/base/error.hpp"
#include "model/message/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sluice::detail {

namespace {

/// Returns the byte behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return at + 1;
}

/// Returns the byte behind the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    const bool closes = c == '}' || c == ']';
    // The end of what is around it.
    if (depth == 0 && (closes || c == ','))
      return at;
    if (closes)
      --depth;
    else if (c == '{' || c == '[')
      ++depth;
    ++at;
  }
  return at;
}

bool is_name(std::string_view quoted, std::string_view name) {
  if (quoted.find('\\') == std::string_view::npos)
    return quoted.substr(1, quoted.size() - 2) == name;
  return json::parse(quoted).value().get_ref<const std::string&>() == name;
}

} // namespace

compact_member find_compact_member(std::string_view object, std::string_view name) {
  for (std::size_t at = 1; at < object.size() && object[at] == '"';) {
    const auto behind_name = end_of_string(object, at);
    const compact_member found{at, behind_name + 1, end_of_value(object, behind_name + 1)};
    if (is_name(object.substr(at, behind_name - at), name))
      return found;
    at = found.end + 1;
  }
  throw internal_error(fmt::format("the text of a record has no member '{}' that the record has", name));
}

std::string without_member(std::string_view object, const compact_member& which) {
  auto begin = which.begin;
  auto end = which.end;
  if (end < object.size() && object[end] == ',')
    ++end;
  else if (begin > 0 && object[begin - 1] == ',')
    --begin;
  std::string rest;
  rest.reserve(object.size() - (end - begin));
  rest.append(object.substr(0, begin));
  rest.append(object.substr(std::min(end, object.size())));
  return rest;
}

} // namespace sluice::detail
