#include "model/run/step_reference.hpp"

#include "model/base/error.hpp"
#include "model/base/name.hpp"
#include "model/config/suggestion.hpp"
#include "model/message/json_writer.hpp"
#include "model/run/json_members.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace sluice {

namespace {

using nlohmann::ordered_json;

[[noreturn]] void fail(const std::string& text) {
  throw error("bad_reference", text);
}

std::vector<std::string> split_at_dots(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto dot = text.find('.');
    parts.emplace_back(text.substr(0, dot));
    if (dot == text.npos)
      return parts;
    text.remove_prefix(dot + 1);
  }
}

bool is_member(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// `inside` is what stands between the braces.
step_reference parse_reference(std::string_view inside) {
  auto parts = split_at_dots(inside);
  const bool known = parts.size() >= 3 && parts[0] == "steps" && is_valid_name(parts[1]) &&
                     parts[2] == "result" && std::all_of(parts.begin() + 3, parts.end(), is_member);
  if (!known)
    fail(fmt::format("'${{{0}}}' is not understood: write ${{steps.ID.result.MEMBER}}, or $${{{0}}} for the "
                     "text itself",
                     inside));
  return {std::move(parts[1]), {parts.begin() + 3, parts.end()}};
}

void append_text(step_template& out, std::string_view text) {
  if (text.empty())
    return;
  if (out.empty() || !std::holds_alternative<std::string>(out.back()))
    out.emplace_back(std::string{});
  std::get<std::string>(out.back()) += text;
}

const ordered_json* find_item(const ordered_json& list, const std::string& index) {
  std::size_t number = 0;
  const auto* const end = index.data() + index.size();
  const auto [stopped, failure] = std::from_chars(index.data(), end, number);
  return failure == std::errc{} && stopped == end && number < list.size() ? &list[number] : nullptr;
}

std::string what_is_there(const ordered_json& value, const std::string& wanted) {
  if (value.is_array())
    return fmt::format("the list there has {} items", value.size());
  if (!value.is_object())
    return fmt::format("there is a {}, which has no members", value.type_name());
  std::vector<std::string> names;
  for (const auto& member : value.items())
    names.push_back(member.key());
  return fmt::format("the object there has no '{}'{}", wanted, suggest(wanted, names));
}

const ordered_json& resolve(const step_reference& reference, const result_lookup& result_of) {
  const auto* const result = result_of(reference.step);
  if (result == nullptr)
    fail(fmt::format("'{}' cannot be replaced: step '{}' has no result", to_string(reference),
                     reference.step));
  const auto* value = &result->value();
  for (const auto& member : reference.members) {
    const ordered_json* next = nullptr;
    if (value->is_array())
      next = find_item(*value, member);
    else if (const auto found = value->is_object() ? value->find(member) : value->end();
             found != value->end())
      next = &*found;
    if (next == nullptr)
      fail(fmt::format("'{}' cannot be replaced: {}", to_string(reference), what_is_there(*value, member)));
    value = next;
  }
  return *value;
}

ordered_json substitute_text(const std::string& text, const result_lookup& result_of) {
  const auto parts = parse_step_template(text);
  if (parts.size() == 1 && std::holds_alternative<step_reference>(parts.front()))
    return resolve(std::get<step_reference>(parts.front()), result_of);
  std::string out;
  for (const auto& part : parts) {
    if (const auto* literal = std::get_if<std::string>(&part)) {
      out += *literal;
      continue;
    }
    const auto& value = resolve(std::get<step_reference>(part), result_of);
    if (value.is_string())
      out += value.get_ref<const std::string&>();
    else
      detail::write_json(out, value);
  }
  return out;
}

/// Documents are at most `defaults::json_depth` deep, so recursion is bounded.
ordered_json substitute(const ordered_json& value, const result_lookup& result_of) {
  if (value.is_string())
    return substitute_text(value.get_ref<const std::string&>(), result_of);
  if (value.is_array()) {
    auto out = ordered_json::array();
    for (const auto& item : value)
      out.push_back(substitute(item, result_of));
    return out;
  }
  if (value.is_object()) {
    ordered_json::object_t out;
    for (const auto& member : value.get_ref<const ordered_json::object_t&>())
      out.emplace_back(member.first, substitute(member.second, result_of));
    return out;
  }
  return value;
}

void visit(const ordered_json& value, const std::string& path,
           const std::function<void(const std::string&, const std::string&)>& visitor) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.find("${") != std::string::npos)
      visitor(path, text);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      visit(value[i], item_path(path, i), visitor);
  } else if (value.is_object()) {
    for (const auto& member : value.get_ref<const ordered_json::object_t&>())
      visit(member.second, member_path(path, member.first), visitor);
  }
}

} // namespace

std::string to_string(const step_reference& reference) {
  auto text = "${steps." + reference.step + ".result";
  for (const auto& member : reference.members)
    text += '.' + member;
  return text + '}';
}

step_template parse_step_template(std::string_view text) {
  step_template out;
  for (;;) {
    const auto open = text.find("${");
    if (open == text.npos) {
      append_text(out, text);
      return out;
    }
    if (open > 0 && text[open - 1] == '$') {
      append_text(out, text.substr(0, open - 1));
      append_text(out, "${");
      text.remove_prefix(open + 2);
      continue;
    }
    append_text(out, text.substr(0, open));
    const auto close = text.find('}', open);
    if (close == text.npos)
      fail(fmt::format("'{}' has no closing brace; for the text itself, write $${{", text.substr(open)));
    out.emplace_back(parse_reference(text.substr(open + 2, close - open - 2)));
    text.remove_prefix(close + 1);
  }
}

bool has_reference(std::string_view text) noexcept {
  for (auto open = text.find("${"); open != text.npos; open = text.find("${", open + 2))
    if (open == 0 || text[open - 1] != '$')
      return true;
  return false;
}

void visit_templates(const json& params, const std::string& path,
                     const std::function<void(const std::string& path, const std::string& text)>& visitor) {
  visit(params.value(), path, visitor);
}

json substitute_references(const json& params, const result_lookup& result_of) {
  return json(substitute(params.value(), result_of));
}

} // namespace sluice
