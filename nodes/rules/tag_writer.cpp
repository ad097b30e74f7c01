#include "nodes/rules/tag_writer.hpp"

#include "model/base/error.hpp"
#include "model/message/json_writer.hpp"
#include "nodes/rules/compact_member.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

constexpr const char* id_member = "tag_id";

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ',';
  write_json_string(out, name);
  out += ':';
  write_json_string(out, value);
}

/// Returns all members of a tag but its id, with a comma before each.
std::string members_of(const rule& from, const rule_emission& emission, double confidence) {
  std::string out;
  append_member(out, "rule_id", from.id);
  fmt::format_to(std::back_inserter(out), R"(,"rule_version":{})", from.version);
  append_member(out, "technique_id", emission.technique_id);
  append_member(out, "tactic", emission.tactic);
  out += R"(,"confidence":)";
  write_json_number(out, confidence);
  for (const auto& [name, value] : emission.more)
    append_member(out, name, value);
  return out;
}

void append_tag(std::string& out, const uuid& id, const std::string& members) {
  out += R"({"tag_id":")";
  out.resize(out.size() + uuid_length);
  write_text(id, out.data() + out.size() - uuid_length);
  out += '"';
  out += members;
  out += '}';
}

const ordered_json* member(const json& record, const std::string& name) {
  const auto& value = record.value();
  const auto found = value.find(name);
  return found == value.end() ? nullptr : &*found;
}

/// Returns the record's compact form; valid while `record` and `room` are.
std::string_view text_of(const json& record, std::string& room) {
  const auto kept = record.kept_text();
  if (!kept.empty())
    return kept;
  record.dump_to(room);
  return room;
}

} // namespace

tag_writer::tag_writer(std::string into, double min_confidence)
    : into_(std::move(into)), min_confidence_(min_confidence) {
  write_json_string(quoted_into_, into_);
}

void tag_writer::use(std::shared_ptr<const compiled_rules> rules) {
  rules_ = std::move(rules);
  written_.clear();
}

std::optional<json> tag_writer::tagged(const json& record, std::string_view id,
                                       const std::vector<std::size_t>& matching) {
  chosen_.clear();
  for (const auto rule : matching)
    for (const auto& each : emissions(rule))
      chosen_.push_back(&each);
  if (chosen_.empty())
    return std::nullopt;
  const auto* present = member(record, into_);
  if (present == nullptr)
    return append(record, ids_of(record, id, false));
  if (!present->is_array() && !present->is_null())
    throw error("bad_tags", fmt::format("the member '{}' is no list but {}; choose another one with into",
                                        into_, present->type_name()));
  return extend(record, *present, ids_of(record, id, true));
}

const std::vector<tag_writer::written_emission>& tag_writer::emissions(std::size_t rule) {
  const auto [found, is_new] = written_.try_emplace(rule);
  if (is_new) {
    const auto& armed = rules_->rules()[rule];
    const auto& definition = *armed.definition;
    for (const auto& each : definition.emits) {
      const auto confidence = std::min(each.confidence, armed.confidence_max);
      if (confidence >= min_confidence_)
        found->second.push_back({tag_ids::written(definition.id, definition.version, each.technique_id),
                                 members_of(definition, each, confidence)});
    }
  }
  return found->second;
}

tag_ids tag_writer::ids_of(const json& record, std::string_view id, bool has_tags) const {
  if (id.data() != nullptr)
    return tag_ids(id);
  // Of the text, not of the value: that may not hold all digits, and a replay would give other ids.
  std::string room;
  const auto text = text_of(record, room);
  if (!has_tags)
    return tag_ids(text);
  return tag_ids(without_member(text, find_compact_member(text, into_)));
}

/// Writes the list behind the record's last member: a copy of the document would take several times as long.
json tag_writer::append(const json& record, const tag_ids& ids) const {
  constexpr std::size_t around_tag = 64;
  std::string room;
  auto text = text_of(record, room);
  auto size = text.size() + quoted_into_.size() + around_tag;
  for (const auto* each : chosen_)
    size += each->members.size() + around_tag;
  std::string out;
  out.reserve(size);
  out += text.substr(0, text.size() - 1);
  out += ',';
  out += quoted_into_;
  out += ":[";
  for (const auto* each : chosen_) {
    append_tag(out, ids.make(each->name), each->members);
    out += ',';
  }
  out.back() = ']';
  out += '}';
  return json::of_compact(std::move(out));
}

/// Adds to the list that is there, or null, what it does not have yet. All else stays as it is written.
json tag_writer::extend(const json& record, const ordered_json& present, const tag_ids& ids) const {
  const auto has = [&](const std::string& id) {
    return std::any_of(present.begin(), present.end(), [&](const ordered_json& one) {
      const auto found = one.is_object() ? one.find(id_member) : one.end();
      return found != one.end() && *found == id;
    });
  };
  std::string room;
  const auto text = text_of(record, room);
  const auto place = find_compact_member(text, into_);
  // Without the bracket at its end.
  std::string list(present.is_null() ? "[" : text.substr(place.value, place.end - place.value - 1));
  const auto old = list.size();
  for (const auto* each : chosen_) {
    const auto id = ids.make(each->name);
    if (has(to_string(id)))
      continue;
    if (list.size() > 1)
      list += ',';
    append_tag(list, id, each->members);
  }
  if (list.size() == old)
    return record;
  std::string out;
  out.reserve(text.size() + list.size());
  out += text.substr(0, place.value);
  out += list;
  out += ']';
  out += text.substr(place.end);
  return json::of_compact(std::move(out));
}

} // namespace sluice::detail
