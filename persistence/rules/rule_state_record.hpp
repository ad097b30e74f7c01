#pragma once

#include "persistence/rules/rule_store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What the file of states says: what is said about each rule, and what has lately changed, in order. Those
/// who follow the file remember the number of the last change they have heard, so each hears each change
/// once, of its own kind, however late it looks and whatever the clock says. No I/O.
struct rule_state_record {
  struct entry {
    rule_change_kind what = rule_change_kind::state;
    std::string rule;
    /// What holds from then on.
    rule_state state = {};
    utc_time at = {};
    std::string by = {};

    friend bool operator==(const entry&, const entry&) = default;
  };
  /// How many changes are kept at least: who has missed more compares states.
  static constexpr std::size_t changes_kept = 256;

  /// When the first change was made: a file that was thrown away and begun anew counts from 1 again.
  utc_time began = {};
  /// The number of the last change, from 1; the one before it is one less.
  std::int64_t last = 0;
  std::deque<entry> changes = {};
  /// By id; never an enabled one.
  std::map<std::string, rule_state> states = {};

  friend bool operator==(const rule_state_record&, const rule_state_record&) = default;
};

/// Sets what is said about a rule, as `set_rule_state` (persistence/operations/rule_operations.hpp) does in a
/// database: an old state that has expired is taken back first. Returns false when it is so already.
bool set_state(rule_state_record& in, const std::string& rule, const rule_state& state, utc_time now);

/// Takes back every state that has expired by `now`; returns how many.
std::size_t expire_states(rule_state_record& in, utc_time now);

/// Forgets old changes beyond `changes_kept`, but none of the last `fresh` ones.
void forget_changes(rule_state_record& in, std::size_t fresh);

/// Returns what has happened between two versions of a record. What the changes kept do not tell, because too
/// many were missed or somebody edited the file, is found by comparing, as of `at`.
std::vector<rule_change> changes_between(const rule_state_record& from, const rule_state_record& to,
                                         utc_time at);

/// JSON, the same for the same record. docs/rules.md has the format.
std::string write_states(const rule_state_record& record);
/// Returns what `write_states` wrote. Throws `error("rule_states_unreadable")` that says what is wrong.
rule_state_record read_states(std::string_view text);

} // namespace sluice
