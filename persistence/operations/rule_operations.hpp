#pragma once

#include "model/rules/rule.hpp"
#include "persistence/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace sluice {

/// How many rows of `rule_changes` are kept at least. Who has missed more than that reads everything anew.
inline constexpr std::int64_t rule_changes_kept = 100'000;
/// How many older ones are deleted at once at most, so that no change of a rule waits for many.
inline constexpr std::int64_t rule_changes_forgotten_at_once = 100;

/// Who takes states back when they expire.
inline constexpr const char* rule_expirer = "sluice";

/// Inside a transaction: makes `definition` the rule of its id, kept by `source`, and leaves a row `defined`
/// in `rule_changes`. Returns false when it says what the one that is there says; then at most its source
/// changes. Its state stays. Throws `error("bad_name")` when its id is none, and `error("rule_too_large")`.
bool define_rule(store& in, const rule& definition, const std::string& source, const std::string& by,
                 utc_time now);

/// Inside a transaction: takes a definition away and leaves a row `removed`. Returns false when there is
/// none. Its state stays, in case the rule comes back.
bool remove_rule(store& in, const std::string& id, const std::string& by, utc_time now);

/// Inside a transaction: sets what is said about a rule, whether or not there is one of that id, and leaves a
/// row `state` and the audit row `rule.enable`, `rule.disable` or `rule.clip` with the old and the new state.
/// An enabled one takes back what was said. An old state that has expired and was not taken back yet is taken
/// back first, as `expire_rules` does. Returns false, and does nothing else, when it is so already. Throws
/// `error("bad_state")` as `require_state`, and `error("bad_name")` when `rule` is no id.
bool set_rule_state(store& in, const std::string& rule, const rule_state& state, utc_time now);

/// Inside a transaction: takes back up to `limit` states that have expired by `now`; each leaves a row
/// `expired` and the audit row `rule.expire`. Returns how many.
std::size_t expire_rules(store& in, utc_time now, std::size_t limit);

} // namespace sluice
