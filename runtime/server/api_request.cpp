#include "runtime/server/api_request.hpp"

#include "model/base/error.hpp"
#include "model/config/finding.hpp"
#include "model/config/quantity.hpp"
#include "model/config/suggestion.hpp"
#include "model/run/json_members.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        throw error("bad_query",
                    fmt::format("'{}' is not percent-encoded: write % as %25", text.substr(0, 80)));
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

[[noreturn]] void refuse(std::string_view name, const std::string& value, std::string_view wanted) {
  throw error("bad_query", fmt::format("{}: expected {}, found '{}'", name, wanted, value.substr(0, 80)));
}

bool is_json_type(std::string_view type) {
  const auto end = std::min(type.find(';'), type.size());
  auto name = std::string(type.substr(0, end));
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t'))
    name.pop_back();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name == "application/json";
}

} // namespace

query_reader::query_reader(std::string_view query) {
  while (!query.empty()) {
    if (members_.size() == query_member_limit)
      throw error("bad_query", fmt::format("there are more than {} parameters", query_member_limit));
    const auto end = std::min(query.find('&'), query.size());
    const auto part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty())
      continue;
    const auto equals = std::min(part.find('='), part.size());
    auto name = decode(part.substr(0, equals));
    for (const auto& [known, unused] : members_)
      if (known == name)
        throw error("bad_query", fmt::format("{} is there twice", name));
    members_.emplace_back(std::move(name),
                          equals < part.size() ? decode(part.substr(equals + 1)) : std::string());
  }
}

const std::string* query_reader::take(std::string_view name) {
  asked_.emplace_back(name);
  const auto found =
      std::find_if(members_.begin(), members_.end(), [&](const auto& each) { return each.first == name; });
  return found == members_.end() || found->second.empty() ? nullptr : &found->second;
}

std::optional<std::string> query_reader::text(std::string_view name) {
  const auto* const value = take(name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::uint64_t> query_reader::count(std::string_view name, std::uint64_t least,
                                                 std::uint64_t most) {
  const auto* const value = take(name);
  if (value == nullptr)
    return std::nullopt;
  const auto number = parse_integer(*value);
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) < least ||
      static_cast<std::uint64_t>(*number) > most)
    refuse(name, *value, fmt::format("a whole number from {} to {}", least, most));
  return static_cast<std::uint64_t>(*number);
}

std::optional<uuid> query_reader::id(std::string_view name) {
  const auto* const value = take(name);
  if (value == nullptr)
    return std::nullopt;
  const auto id = parse_uuid(*value);
  if (!id)
    refuse(name, *value, "an id such as 019aa5a3-7b1c-7000-8000-000000000000");
  return id;
}

std::optional<utc_time> query_reader::time(std::string_view name) {
  const auto* const value = take(name);
  if (value == nullptr)
    return std::nullopt;
  const auto moment = parse_utc_time(*value);
  if (!moment)
    refuse(name, *value, "a moment in UTC such as 2026-11-21T08:17:05.123Z");
  return moment;
}

std::optional<bool> query_reader::boolean(std::string_view name) {
  const auto* const value = take(name);
  if (value == nullptr)
    return std::nullopt;
  const auto flag = parse_boolean(*value);
  if (!flag)
    refuse(name, *value, "true or false");
  return flag;
}

void query_reader::refuse_unknown() const {
  for (const auto& [name, unused] : members_)
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end())
      throw error("bad_query", fmt::format("there is no parameter '{}' here{}", name.substr(0, 80),
                                           suggest(name, asked_)));
}

json require_json(const http_request& request) {
  const auto types = request.values("Content-Type");
  if (types.size() != 1 || !is_json_type(types.front()))
    throw error("unsupported_media_type",
                "a body is needed, with Content-Type: application/json (an empty object is {})");
  auto document = json::parse(request.body);
  if (!document.value().is_object())
    throw error("bad_json", "the body must be an object");
  findings twice;
  find_duplicate_members(request.body, "", twice);
  if (!twice.empty())
    throw error("bad_json", fmt::format("{}: {}", twice.front().path, twice.front().text));
  return document;
}

uuid require_id(const http_request& request, std::string_view name) {
  const auto text = request.path_value(name);
  const auto id = parse_uuid(text);
  if (!id)
    throw error("bad_id", fmt::format("'{}' is no id such as 019aa5a3-7b1c-7000-8000-000000000000",
                                      text.substr(0, 80)));
  return *id;
}

} // namespace sluice
