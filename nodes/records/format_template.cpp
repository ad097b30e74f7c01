#include "nodes/records/format_template.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::detail {

namespace {

constexpr std::string_view opening = "{{";
constexpr std::string_view closing = "}}";

/// Returns the place after the string that begins with the quote at `at`.
std::size_t skip_string(std::string_view source, std::size_t at) {
  for (++at; at < source.size(); ++at) {
    if (source[at] == '\\')
      ++at;
    else if (source[at] == '"')
      return at + 1;
  }
  return source.size();
}

/// Returns the place of the `}}` that ends the hole whose program begins at `at`.
std::size_t find_closing(std::string_view source, std::size_t at) {
  const auto start = at;
  std::size_t braces = 0;
  while (at < source.size()) {
    const char c = source[at];
    if (c == '"') {
      at = skip_string(source, at);
      continue;
    }
    if (c == '}' && braces == 0 && source.substr(at, closing.size()) == closing)
      return at;
    if (c == '{')
      ++braces;
    else if (c == '}' && braces > 0)
      --braces;
    ++at;
  }
  throw error("bad_template",
              fmt::format("the hole that opens at byte {} of the template is not closed by '}}}}'",
                          start - opening.size()));
}

std::string_view trimmed(std::string_view program) {
  constexpr std::string_view space = " \t\n";
  const auto first = program.find_first_not_of(space);
  if (first == std::string_view::npos)
    return {};
  return program.substr(first, program.find_last_not_of(space) - first + 1);
}

} // namespace

std::vector<template_part> split_template(std::string_view source) {
  std::vector<template_part> parts;
  std::size_t at = 0;
  while (at < source.size()) {
    const auto hole = std::min(source.find(opening, at), source.size());
    if (hole > at)
      parts.push_back({false, std::string(source.substr(at, hole - at))});
    if (hole == source.size())
      break;
    const auto start = hole + opening.size();
    const auto end = find_closing(source, start);
    const auto program = trimmed(source.substr(start, end - start));
    if (program.empty())
      throw error("bad_template",
                  fmt::format("the hole at byte {} of the template is empty; write a jq program into "
                              "it, such as {{{{ .host }}}}",
                              hole));
    parts.push_back({true, std::string(program)});
    at = end + closing.size();
  }
  return parts;
}

} // namespace sluice::detail
