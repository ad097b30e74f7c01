#include "runtime/cli/run_document.hpp"

#include "model/base/error.hpp"
#include "model/config/yaml_document.hpp"
#include "model/run/json_members.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

ordered_json to_json(const config_value& scalar) {
  if (!scalar.is_quoted()) {
    auto meant = ordered_json::parse(scalar.text(), nullptr, false);
    if (meant.is_number() || meant.is_boolean())
      return meant;
  }
  return scalar.text();
}

/// Turns a value into JSON and notes where everything stands. The depth is bounded by `read_yaml`.
class converter {
public:
  explicit converter(document_places& places) : places_(&places) {}

  ordered_json convert(const config_value& value, const std::string& path) {
    if (value.is_scalar())
      return to_json(value);
    if (value.is_list())
      return convert_items(value, path);
    if (value.is_map())
      return convert_members(value, path);
    return nullptr;
  }

private:
  ordered_json convert_items(const config_value& list, const std::string& path) {
    auto result = ordered_json::array();
    for (const auto& item : list.items()) {
      const auto place = item_path(path, result.size());
      places_->add(place, {item.position(), item.position(), item.is_scalar()});
      result.push_back(convert(item, place));
    }
    return result;
  }

  ordered_json convert_members(const config_value& map, const std::string& path) {
    ordered_json::object_t result;
    for (const auto& member : map.members()) {
      const auto place = member_path(path, member.name);
      places_->add(place, {member.position, member.value.position(), member.value.is_scalar()});
      // Names are unique already, so none has to be looked for.
      static_cast<std::vector<ordered_json::object_t::value_type>&>(result).emplace_back(
          member.name, convert(member.value, place));
    }
    return result;
  }

  document_places* places_;
};

bool says_nothing(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    const auto first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#')
      return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

bool begins_like_json(std::string_view text) {
  if (constexpr std::string_view byte_order_mark = "\xef\xbb\xbf"; text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

finding syntax_finding(std::string text) {
  return {finding::level::error, finding_code::syntax, "", std::move(text), {}};
}

run_document from_json(json value, const std::string& text) {
  run_document document;
  // JSON is YAML but for rarities, and the YAML reader knows where things stand.
  if (const auto located = read_yaml(text); !located.root.is_null())
    (void)converter(document.places).convert(located.root, "");
  find_duplicate_members(text, "", document.found);
  document.places.locate(document.found);
  document.value = std::move(value);
  return document;
}

run_document from_yaml(const std::string& text) {
  run_document document;
  auto read = read_yaml(text);
  document.found = std::move(read.found);
  // A root that is null without a mistake is what the user wrote: `~`, or nothing below `---`.
  if (!read.root.is_null() || !has_errors(document.found))
    document.value = json(converter(document.places).convert(read.root, ""));
  return document;
}

} // namespace

source_position document_places::position_of(const finding& one) const {
  const bool about_name = one.code == finding_code::unknown_option || one.code == finding_code::bad_name ||
                          one.code == finding_code::duplicate_key;
  for (auto path = one.path; !path.empty();) {
    if (const auto found = places_.find(path); found != places_.end()) {
      const bool itself = path.size() == one.path.size();
      const auto& at = found->second;
      return itself && at.is_scalar && !about_name ? at.value : at.name;
    }
    const auto cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
  }
  return {};
}

void document_places::locate(findings& found) const {
  for (auto& one : found)
    if (!one.position.known())
      one.position = position_of(one);
  std::stable_sort(found.begin(), found.end(), [](const finding& a, const finding& b) {
    return std::tie(a.position.line, a.position.column) < std::tie(b.position.line, b.position.column);
  });
}

run_document read_run_document(const std::string& text, const std::string& file) {
  run_document unread;
  if (says_nothing(text)) {
    unread.found.push_back(syntax_finding("the text is empty"));
    return unread;
  }
  std::string complaint;
  if (begins_like_json(text) || ends_with(file, ".json")) {
    try {
      return from_json(json::parse(text), text);
    } catch (const error& trouble) {
      complaint = trouble.what(); // YAML has such brackets, too
    }
  }
  auto document = from_yaml(text);
  if (!complaint.empty() && ends_with(file, ".json") && has_errors(document.found)) {
    unread.found.push_back(syntax_finding(std::move(complaint)));
    return unread;
  }
  return document;
}

} // namespace sluice
