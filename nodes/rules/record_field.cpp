#include "nodes/rules/record_field.hpp"

#include "model/message/json_writer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace sluice::detail {

using nlohmann::ordered_json;

record_field::record_field(std::string_view path) {
  while (true) {
    const auto end = std::min(path.find('.'), path.size());
    names_.emplace_back(path.substr(0, end));
    if (end == path.size())
      return;
    path.remove_prefix(end + 1);
  }
}

const ordered_json* record_field::find(const ordered_json& record) const {
  const auto* at = &record;
  for (const auto& name : names_) {
    const auto* members = at->get_ptr<const ordered_json::object_t*>();
    if (members == nullptr)
      return nullptr;
    // nlohmann's own search would make a string of the name first.
    const auto found = std::find_if(members->begin(), members->end(),
                                    [&](const auto& member) { return member.first == name; });
    if (found == members->end())
      return nullptr;
    at = &found->second;
  }
  return at->is_null() ? nullptr : at;
}

std::string_view record_field::text(const ordered_json& record, std::string& room) const {
  const auto* value = find(record);
  if (value == nullptr)
    return {};
  if (const auto* characters = value->get_ptr<const std::string*>())
    return *characters;
  room.clear();
  write_json(room, *value);
  return room;
}

} // namespace sluice::detail
