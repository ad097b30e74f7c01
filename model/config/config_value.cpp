#include "model/config/config_value.hpp"

namespace sluice {

config_value config_value::scalar(std::string text, bool quoted, source_position at) {
  config_value value;
  value.kind_ = kind::scalar;
  value.text_ = std::move(text);
  value.quoted_ = quoted;
  value.position_ = at;
  return value;
}

config_value config_value::list(std::vector<config_value> items, source_position at) {
  config_value value;
  value.kind_ = kind::list;
  value.items_ = std::move(items);
  value.position_ = at;
  return value;
}

config_value config_value::map(std::vector<member> members, source_position at) {
  config_value value;
  value.kind_ = kind::map;
  value.members_ = std::move(members);
  value.position_ = at;
  return value;
}

config_value config_value::null(source_position at) {
  config_value value;
  value.position_ = at;
  return value;
}

const config_value* config_value::find(std::string_view name) const noexcept {
  for (const auto& entry : members_)
    if (entry.name == name)
      return &entry.value;
  return nullptr;
}

std::string_view config_value::describe() const noexcept {
  switch (kind_) {
  case kind::null:
    return "nothing";
  case kind::scalar:
    return quoted_ ? "a string" : "a scalar";
  case kind::list:
    return "a list";
  case kind::map:
    return "a map";
  }
  return "a value";
}

} // namespace sluice
