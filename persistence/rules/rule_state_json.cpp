// The file of states as text: one object, see docs/rules.md.

#include "model/base/error.hpp"
#include "persistence/rules/rule_state_record.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace sluice {

namespace {

using nlohmann::ordered_json;

constexpr int format_version = 1;

[[noreturn]] void reject(const std::string& why) {
  throw error("rule_states_unreadable", why);
}

ordered_json to_json(const rule_state& state) {
  ordered_json text = {{"mode", to_string(state.mode)}};
  if (state.mode == rule_mode::clipped)
    text["confidence_max"] = state.confidence_max;
  text["reason"] = state.reason;
  text["by"] = state.by;
  text["at"] = to_string(state.at);
  if (state.expires_at)
    text["expires_at"] = to_string(*state.expires_at);
  return text;
}

ordered_json to_json(const rule_state_record::entry& entry) {
  ordered_json text = {
      {"what", to_string(entry.what)}, {"rule", entry.rule}, {"at", to_string(entry.at)}, {"by", entry.by}};
  if (entry.state.mode != rule_mode::enabled)
    text["state"] = to_json(entry.state);
  return text;
}

utc_time read_time(const ordered_json& text) {
  const auto moment = parse_utc_time(text.get_ref<const std::string&>());
  if (!moment)
    reject(fmt::format("'{}' is no time such as 2026-11-21T08:17:05.123Z", text.get<std::string>()));
  return *moment;
}

rule_state read_state(const ordered_json& text) {
  rule_state state;
  const auto& mode = text.at("mode").get_ref<const std::string&>();
  const auto known = parse_rule_mode(mode);
  if (!known || *known == rule_mode::enabled)
    reject(fmt::format("mode '{}' is neither 'disabled' nor 'clipped'", mode));
  state.mode = *known;
  if (state.mode == rule_mode::clipped)
    state.confidence_max = text.at("confidence_max").get<double>();
  if (!(state.confidence_max >= 0 && state.confidence_max <= 1))
    reject(fmt::format("confidence_max {} is not from 0 to 1", state.confidence_max));
  state.reason = text.at("reason").get<std::string>();
  state.by = text.at("by").get<std::string>();
  state.at = read_time(text.at("at"));
  if (text.contains("expires_at"))
    state.expires_at = read_time(text.at("expires_at"));
  return state;
}

rule_state_record::entry read_entry(const ordered_json& text) {
  rule_state_record::entry entry;
  const auto& what = text.at("what").get_ref<const std::string&>();
  const auto known = parse_rule_change_kind(what);
  if (known != rule_change_kind::state && known != rule_change_kind::expired)
    reject(fmt::format("'{}' is neither 'state' nor 'expired'", what));
  entry.what = *known;
  entry.rule = text.at("rule").get<std::string>();
  entry.at = read_time(text.at("at"));
  entry.by = text.at("by").get<std::string>();
  if (text.contains("state"))
    entry.state = read_state(text.at("state"));
  return entry;
}

rule_state_record read_record(const ordered_json& text) {
  if (const auto version = text.at("version").get<int>(); version != format_version)
    reject(fmt::format("version {} is not {}: another version of sluice wrote it", version, format_version));
  rule_state_record record;
  record.began = read_time(text.at("began"));
  record.last = text.at("last_change").get<std::int64_t>();
  for (const auto& [rule, state] : text.at("states").items())
    record.states[rule] = read_state(state);
  for (const auto& entry : text.at("changes"))
    record.changes.push_back(read_entry(entry));
  if (record.last < static_cast<std::int64_t>(record.changes.size()))
    reject(fmt::format("last_change {} is less than the number of changes", record.last));
  return record;
}

} // namespace

std::string write_states(const rule_state_record& record) {
  auto states = ordered_json::object();
  for (const auto& [rule, state] : record.states)
    states[rule] = to_json(state);
  auto changes = ordered_json::array();
  for (const auto& entry : record.changes)
    changes.push_back(to_json(entry));
  const ordered_json text = {{"version", format_version},
                             {"began", to_string(record.began)},
                             {"last_change", record.last},
                             {"states", std::move(states)},
                             {"changes", std::move(changes)}};
  return text.dump(1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

rule_state_record read_states(std::string_view text) {
  try {
    return read_record(ordered_json::parse(text));
  } catch (const ordered_json::exception& wrong) {
    reject(wrong.what());
  }
}

} // namespace sluice
