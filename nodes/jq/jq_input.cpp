#include "nodes/jq/jq_input.hpp"

#include "model/message/error_record.hpp"
#include "model/message/render.hpp"
#include "model/message/utf8.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

/// As `append_json`: an error about an error about … goes this deep.
constexpr std::size_t deepest_original = 8;

ordered_json value_of(const message& from, std::size_t depth);

ordered_json describe(const message& from, const error_record& record, std::size_t depth) {
  ordered_json result;
  auto& trouble = result["error"];
  trouble["code"] = replace_invalid_utf8(record.code);
  trouble["message"] = replace_invalid_utf8(record.text);
  trouble["node"] = replace_invalid_utf8(record.node);
  trouble["trace_id"] = to_string(from.trace());
  result["original"] = depth < deepest_original ? value_of(record.original, depth + 1) : ordered_json();
  return result;
}

ordered_json value_of(const message& from, std::size_t depth) {
  if (const auto* document = from.get_if<json>())
    return document->value();
  if (const auto* characters = from.get_if<text>())
    return replace_invalid_utf8(characters->view());
  if (const auto* record = from.get_if<error_record>())
    return describe(from, *record, depth);
  std::string rendered;
  append_json(rendered, from);
  return json::parse(rendered).value();
}

} // namespace

jq_input::jq_input(const message& from) : borrowed_(from.get_if<json>()) {
  if (borrowed_ == nullptr)
    made_ = json(value_of(from, 0));
}

} // namespace sluice::detail
