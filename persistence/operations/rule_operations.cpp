#include "persistence/operations/rule_operations.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/rules/rule_reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

void require_id(const std::string& id) {
  if (!is_rule_id(id))
    throw error("bad_name",
                fmt::format("'{}' is no id of a rule: use at most 128 letters, digits, _, - and ., "
                            "and begin with a letter, a digit or _",
                            id.substr(0, 160)));
}

/// Returns the text that is kept. Throws when nobody could read it back.
std::string text_of(const rule& definition) {
  auto text = write_rule(definition);
  if (text.size() > rule_text_limit)
    throw error("rule_too_large",
                fmt::format("rule '{}' has {} bytes as it is kept, at most {} are read: make "
                            "its description or its pattern shorter",
                            definition.id, text.size(), rule_text_limit));
  return text;
}

/// Deletes what is too old, a little at a time: ids have no gaps to speak of, so they say how many there are.
void forget_old_changes(store& in, std::int64_t newest) {
  const auto range = in.rules().change_range();
  const auto last = std::min(newest - rule_changes_kept, range.first + rule_changes_forgotten_at_once - 1);
  if (range.first <= last)
    in.rules().forget_changes(last);
}

void append_change(store& in, const rule_change_row& change) {
  forget_old_changes(in, in.rules().append_change(change));
}

ordered_json describe_state(const rule_state& state) {
  ordered_json text = {{"mode", to_string(state.mode)}};
  if (state.mode == rule_mode::clipped)
    text["confidence_max"] = state.confidence_max;
  if (!state.reason.empty())
    text["reason"] = state.reason;
  if (!state.by.empty()) {
    text["by"] = state.by;
    text["at"] = to_string(state.at);
  }
  if (state.expires_at)
    text["expires_at"] = to_string(*state.expires_at);
  return text;
}

const char* action_of(rule_mode mode) noexcept {
  switch (mode) {
  case rule_mode::disabled:
    return "rule.disable";
  case rule_mode::clipped:
    return "rule.clip";
  case rule_mode::enabled:
    break;
  }
  return "rule.enable";
}

void take_back(store& in, const rule_state_row& ended, utc_time now) {
  in.rules().erase_state(ended.rule);
  append_change(in, {0, now, rule_change_kind::expired, ended.rule, rule_expirer, {}, ended.state});
  fault_point("rule.expired");
  const ordered_json detail = {{"old", describe_state(ended.state)}, {"new", describe_state({})}};
  in.audit().append({0, now, rule_expirer, "rule.expire", ended.rule, json(detail).dump()});
}

/// Returns what is said about the rule, nothing when that is the default.
std::optional<rule_state> present_state(store& in, const std::string& rule, utc_time now) {
  auto said = in.rules().state(rule);
  if (!said || !said->is_expired(now))
    return said;
  take_back(in, {rule, *said}, now);
  return std::nullopt;
}

/// Whether the text says what `definition` says, however it is written.
bool says(const std::string& text, const rule& definition, const std::string& as_we_write_it) {
  if (text == as_we_write_it)
    return true;
  findings ignored;
  return read_rule(text, ignored) == definition;
}

} // namespace

bool define_rule(store& in, const rule& definition, const std::string& source, const std::string& by,
                 utc_time now) {
  require_id(definition.id);
  auto text = text_of(definition);
  auto old = in.rules().find(definition.id);
  if (old && says(old->definition, definition, text)) {
    if (std::exchange(old->source, source) != source)
      in.rules().put(*old);
    return false;
  }
  in.rules().put({definition.id, definition.version, text, source, now, now});
  append_change(in, {0, now, rule_change_kind::defined, definition.id, by, std::move(text)});
  fault_point("rule.defined");
  return true;
}

bool remove_rule(store& in, const std::string& id, const std::string& by, utc_time now) {
  if (!in.rules().erase(id))
    return false;
  append_change(in, {0, now, rule_change_kind::removed, id, by});
  fault_point("rule.removed");
  return true;
}

bool set_rule_state(store& in, const std::string& rule, const rule_state& state, utc_time now) {
  require_id(rule);
  require_state(state, now);
  const auto old = present_state(in, rule, now);
  const bool enables = state.mode == rule_mode::enabled;
  if (enables ? !old.has_value() : old == state)
    return false;
  if (enables)
    in.rules().erase_state(rule);
  else
    in.rules().put_state(rule, state);
  append_change(in, {0, now, rule_change_kind::state, rule, state.by, {}, state});
  fault_point("rule.state_written");
  const ordered_json detail = {{"old", describe_state(old.value_or(rule_state{}))},
                               {"new", describe_state(state)}};
  in.audit().append({0, now, state.by, action_of(state.mode), rule, json(detail).dump()});
  return true;
}

std::size_t expire_rules(store& in, utc_time now, std::size_t limit) {
  const auto ended = in.rules().expired(now, limit);
  for (const auto& each : ended)
    take_back(in, each, now);
  return ended.size();
}

} // namespace sluice
