#include "steps/step_params.hpp"

#include "model/config/quantity.hpp"
#include "model/message/json_writer.hpp"
#include "model/run/json_members.hpp"
#include "model/run/step_reference.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

std::optional<std::string> as_text(const ordered_json& value) {
  if (value.is_string())
    return value.get<std::string>();
  if (!value.is_number() && !value.is_boolean())
    return std::nullopt;
  std::string text;
  write_json(text, value);
  return text;
}

std::optional<std::uint64_t> as_size(const ordered_json& value) {
  if (value.is_string())
    return parse_size(value.get_ref<const std::string&>());
  if (value.is_number_integer() && value >= 0)
    return value.get<std::uint64_t>();
  return std::nullopt;
}

} // namespace

step_params::step_params(const json& params, const std::string& path, const std::vector<std::string>& known,
                         references stage, findings& out)
    : fields_(params.value(), path, known, out), stage_(stage), out_(&out) {}

bool step_params::is_open(const ordered_json& value) const {
  return stage_ == references::may_come && value.is_string() &&
         has_reference(value.get_ref<const std::string&>());
}

const ordered_json* step_params::find(const std::string& name) const {
  const auto* const value = fields_.find(name);
  return value == nullptr || is_open(*value) ? nullptr : value;
}

const ordered_json* step_params::require(const std::string& name, std::string_view wanted) {
  const auto* const value = fields_.require(name, wanted);
  return value == nullptr || is_open(*value) ? nullptr : value;
}

bool step_params::read_text(const std::string& name, std::string& field) {
  const auto* const value = find(name);
  if (value == nullptr)
    return false;
  auto text = as_text(*value);
  if (!text) {
    report_wanted(name, *value, "text");
    return false;
  }
  field = std::move(*text);
  return true;
}

bool step_params::read_flag(const std::string& name, bool& field) {
  const auto* const value = find(name);
  if (value == nullptr)
    return false;
  if (!value->is_boolean()) {
    report_wanted(name, *value, "true or false");
    return false;
  }
  field = value->get<bool>();
  return true;
}

bool step_params::read_duration(const std::string& name, std::chrono::milliseconds most,
                                std::chrono::milliseconds& field) {
  if (find(name) == nullptr)
    return false;
  const auto before = out_->size();
  fields_.read_duration(name, std::chrono::milliseconds{0}, most, field);
  return out_->size() == before;
}

bool step_params::read_size(const std::string& name, std::size_t most, std::size_t& field) {
  const auto* const value = find(name);
  if (value == nullptr)
    return false;
  const auto size = as_size(*value);
  if (!size || *size > most) {
    report_wanted(name, *value, fmt::format("a size such as \"64KiB\", at most {} bytes", most));
    return false;
  }
  field = *size;
  return true;
}

bool step_params::read_texts(const std::string& name, std::string_view wanted,
                             std::vector<std::string>& field) {
  const auto* const list = find(name);
  if (list == nullptr)
    return false;
  if (!list->is_array()) {
    report_wanted(name, *list, wanted);
    return false;
  }
  const auto before = out_->size();
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (auto text = as_text((*list)[i]))
      texts.push_back(std::move(*text));
    else
      report_at(item_path(path_of(name), i), fmt::format("expected text, found {}", excerpt((*list)[i])));
  }
  field = std::move(texts);
  return out_->size() == before;
}

bool step_params::read_text_members(const std::string& name, std::string_view wanted,
                                    std::vector<std::pair<std::string, std::string>>& field) {
  const auto* const object = find(name);
  if (object == nullptr)
    return false;
  if (!object->is_object()) {
    report_wanted(name, *object, wanted);
    return false;
  }
  const auto before = out_->size();
  field.clear();
  for (const auto& member : object->items()) {
    if (auto text = as_text(member.value()))
      field.emplace_back(member.key(), std::move(*text));
    else
      report_at(member_path(path_of(name), member.key()),
                fmt::format("expected text, found {}", excerpt(member.value())));
  }
  return out_->size() == before;
}

void step_params::report(const std::string& name, std::string text) {
  report_at(path_of(name), std::move(text));
}

void step_params::report_at(std::string path, std::string text) {
  out_->push_back({finding::level::error, finding_code::bad_value, std::move(path), std::move(text), {}});
}

void step_params::report_wanted(const std::string& name, const ordered_json& value, std::string_view wanted) {
  fields_.report_wanted(name, value, wanted);
}

} // namespace sluice::detail
