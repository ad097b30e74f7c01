#pragma once

#include "actors/rules/rule_keeping.hpp"
#include "tests/actors_rules/scripted_rules.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

using change_kind = rule_change::kind;

/// Ids of the rules in force that match a command.
inline std::vector<std::string> matching(const rules_in_force& rules, std::string_view command) {
  const auto now = rules.get();
  std::vector<std::size_t> found;
  now->match(
      "ssh", [&](std::string_view field) { return field == "command" ? &command : nullptr; }, found);
  std::vector<std::string> ids;
  for (const auto index : found)
    ids.push_back(now->rules()[index].definition->id);
  return ids;
}

/// A `rule_keeping` with a clock that a test moves and a place that it scripts.
struct keeping_scene {
  scripted_rules place;
  utc_time now{std::chrono::milliseconds{1'700'000'000'000}};
  std::vector<std::string> logged;
  std::vector<std::string> heard;
  rule_keeping_settings settings = make_settings();
  rule_keeping keeping{settings};

  rule_keeping_settings make_settings() {
    rule_keeping_settings made;
    made.open = [this] { return place.open(); };
    made.clock = [this] { return now; };
    made.log = [this](log_level, std::string_view event, std::string_view text) {
      logged.push_back(std::string(event) + ": " + std::string(text));
    };
    made.place = "the test";
    return made;
  }

  rule_state disabled(std::chrono::milliseconds time = std::chrono::hours{1}) const {
    rule_state state{rule_mode::disabled, 1, "noisy", "ann", now};
    state.expires_at = now + time;
    return state;
  }

  /// Adds what a listener heard to `heard`.
  std::shared_ptr<rule_listener_gate> listener() {
    return std::make_shared<rule_listener_gate>([this](const rule_change& change) {
      heard.push_back(std::string(to_string(change.what)) + " " + change.rule);
    });
  }
  static std::shared_ptr<rule_listener_gate> failing_listener() {
    return std::make_shared<rule_listener_gate>(
        [](const rule_change&) { throw std::runtime_error("the line is cut"); });
  }
  std::vector<std::string> take_heard() { return std::exchange(heard, {}); }
  std::vector<std::string> take_logged() { return std::exchange(logged, {}); }

  std::vector<std::string> matches(std::string_view command) const {
    return matching(*settings.in_force, command);
  }
};

} // namespace sluice
