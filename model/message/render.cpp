#include "model/message/render.hpp"

#include "model/message/error_record.hpp"
#include "model/message/json.hpp"
#include "model/message/json_writer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace sluice {

namespace {

/// Errors about errors about errors: a loop of nodes that fail must not make a record without end.
constexpr std::size_t deepest_original = 8;

void append_json_to_depth(std::string& out, const message& from, std::size_t depth);

template <class Integer>
bool append_integer(std::string& out, const payload& content) {
  const auto* value = content.get_if<Integer>();
  if (value != nullptr)
    fmt::format_to(std::back_inserter(out), "{}", *value);
  return value != nullptr;
}

/// Appends numbers and booleans, which look the same as text and as JSON; returns false for anything else.
bool append_plain(std::string& out, const payload& content) {
  if (const auto* flag = content.get_if<bool>()) {
    out += *flag ? "true" : "false";
    return true;
  }
  return append_integer<int>(out, content) || append_integer<std::int64_t>(out, content) ||
         append_integer<std::uint64_t>(out, content);
}

std::string type_description(const payload& content) {
  return fmt::format("<{}>", content.type()->name);
}

void append_error(std::string& out, const message& from, const error_record& record, std::size_t depth) {
  out += R"({"error":{"code":)";
  detail::write_json_string(out, record.code);
  out += R"(,"message":)";
  detail::write_json_string(out, record.text);
  out += R"(,"node":)";
  detail::write_json_string(out, record.node);
  out += R"(,"trace_id":)";
  detail::write_json_string(out, to_string(from.trace()));
  out += R"(},"original":)";
  if (depth < deepest_original)
    append_json_to_depth(out, record.original, depth + 1);
  else
    out += "null";
  out += '}';
}

void append_json_to_depth(std::string& out, const message& from, std::size_t depth) {
  const auto& content = from.content();
  if (const auto* document = content.get_if<json>())
    document->dump_to(out);
  else if (const auto* characters = content.get_if<text>())
    detail::write_json_string(out, characters->view());
  else if (const auto* raw = content.get_if<bytes>())
    detail::write_json_string(out, raw->view());
  else if (const auto* record = content.get_if<error_record>())
    append_error(out, from, *record, depth);
  else if (const auto* number = content.get_if<double>())
    detail::write_json_number(out, *number);
  else if (content.empty())
    out += "null";
  else if (!append_plain(out, content))
    detail::write_json_string(out, type_description(content));
}

} // namespace

void append_text(std::string& out, const message& from) {
  const auto& content = from.content();
  if (const auto* characters = content.get_if<text>())
    out += characters->view();
  else if (const auto* raw = content.get_if<bytes>())
    out += raw->view();
  else if (const auto* number = content.get_if<double>(); number != nullptr && !std::isfinite(*number))
    fmt::format_to(std::back_inserter(out), "{}", *number);
  else if (!content.empty() && !content.holds<json>() && !content.holds<error_record>() &&
           number == nullptr) {
    if (!append_plain(out, content))
      out += type_description(content);
  } else
    append_json(out, from);
}

void append_json(std::string& out, const message& from) {
  append_json_to_depth(out, from, 0);
}

} // namespace sluice
