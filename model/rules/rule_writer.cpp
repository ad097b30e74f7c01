#include "model/rules/rule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace sluice {

namespace {

bool is_letter(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/// Words that YAML or somebody's reader of YAML takes for something else than text.
bool is_word_of_yaml(std::string_view text) {
  static constexpr std::array<std::string_view, 10> words = {"null", "true", "false", "yes", "no",
                                                             "on",   "off",  "y",     "n",   "nan"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::find(words.begin(), words.end(), lower) != words.end();
}

bool is_plain(std::string_view text) {
  return is_letter(text.front()) && !is_word_of_yaml(text) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/';
         });
}

bool is_printable(char c) noexcept {
  return c >= ' ' && c <= '~';
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F')
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned>(c));
    else
      out += c;
  }
}

/// Returns `text` as a scalar: as it is when that is no other value, else in quotes.
std::string scalar(std::string_view text) {
  if (!text.empty() && is_plain(text))
    return std::string(text);
  std::string out;
  if (std::all_of(text.begin(), text.end(), is_printable)) {
    out += '\'';
    for (const char c : text)
      out.append(c == '\'' ? 2 : 1, c);
    return out += '\'';
  }
  out += '"';
  append_escaped(out, text);
  return out += '"';
}

void append_member(std::string& out, std::string_view indentation, std::string_view name,
                   std::string_view text) {
  fmt::format_to(std::back_inserter(out), "{}{}: {}\n", indentation, scalar(name), scalar(text));
}

void append_emission(std::string& out, const rule_emission& one) {
  constexpr std::string_view inner = "    ";
  append_member(out, "  - ", "technique_id", one.technique_id);
  if (!one.tactic.empty())
    append_member(out, inner, "tactic", one.tactic);
  fmt::format_to(std::back_inserter(out), "{}confidence: {}\n", inner, one.confidence);
  for (const auto& [name, text] : one.more)
    append_member(out, inner, name, text);
}

} // namespace

std::string write_rule(const rule& what) {
  std::string out;
  append_member(out, "", "rule_id", what.id);
  fmt::format_to(std::back_inserter(out), "rule_version: {}\n", what.version);
  append_member(out, "", "name", what.name);
  if (!what.description.empty())
    append_member(out, "", "description", what.description);
  if (!what.applies_to.empty()) {
    out += "applies_to:\n";
    for (const auto& kind : what.applies_to)
      fmt::format_to(std::back_inserter(out), "  - {}\n", scalar(kind));
  }
  out += "match:\n";
  append_member(out, "  ", "field", what.field);
  append_member(out, "  ", "pattern", what.pattern);
  out += "emits:\n";
  for (const auto& one : what.emits)
    append_emission(out, one);
  return out;
}

} // namespace sluice
