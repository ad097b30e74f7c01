#include "nodes/stream/json_view.hpp"

#include "model/message/render.hpp"
#include "model/message/utf8.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

void append_key(std::string& out, const document& value);

void append_number(std::string& out, const document& value) {
  if (value.is_number_unsigned()) {
    fmt::format_to(std::back_inserter(out), "{}", value.get<std::uint64_t>());
  } else if (value.is_number_integer()) {
    fmt::format_to(std::back_inserter(out), "{}", value.get<std::int64_t>());
  } else {
    const double real = value.get<double>();
    if (real == std::trunc(real) && std::abs(real) < 0x1p63)
      fmt::format_to(std::back_inserter(out), "{}", static_cast<std::int64_t>(real));
    else
      fmt::format_to(std::back_inserter(out), "{}", real);
  }
}

/// Lengths keep strings apart: no escaping, and no two values share a text.
void append_string(std::string& out, const std::string& value) {
  fmt::format_to(std::back_inserter(out), "\"{}:", value.size());
  out += value;
}

void append_object(std::string& out, const document& value) {
  std::vector<document::const_iterator> members;
  for (auto member = value.begin(); member != value.end(); ++member)
    members.push_back(member);
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
  out += '{';
  for (const auto& member : members) {
    append_string(out, member.key());
    append_key(out, member.value());
  }
  out += '}';
}

void append_key(std::string& out, const document& value) {
  if (value.is_string()) {
    append_string(out, value.get_ref<const std::string&>());
  } else if (value.is_number()) {
    append_number(out, value);
  } else if (value.is_object()) {
    append_object(out, value);
  } else if (value.is_array()) {
    out += '[';
    for (const auto& item : value) {
      append_key(out, item);
      out += ',';
    }
    out += ']';
  } else {
    out += value.is_null() ? "null" : value.get<bool>() ? "true" : "false";
  }
}

} // namespace

json as_json(const message& from) {
  if (const auto* document = from.get_if<json>())
    return *document;
  if (const auto* characters = from.get_if<text>())
    return json(nlohmann::ordered_json(replace_invalid_utf8(characters->view())));
  std::string rendered;
  append_json(rendered, from);
  return json::parse(rendered);
}

std::string key_text(const json& value) {
  std::string out;
  const auto& root = value.value();
  if (root.is_string()) {
    // The usual key: one mark apart from all others, and the bytes as they are.
    out = '\'';
    out += root.get_ref<const std::string&>();
  } else {
    append_key(out, root);
  }
  return out;
}

} // namespace sluice
