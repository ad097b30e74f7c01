#pragma once

#include "persistence/operations/rule_operations.hpp"
#include "persistence/rules/database_rules.hpp"
#include "persistence/rules/rule_changes.hpp"
#include "tests/support/store_scene.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Transactions over stores that a test holds, on its own thread. Everything outlives what is returned.
inline rule_transactions direct_transactions(store& reader, store& writer, std::function<utc_time()> clock) {
  const auto over = [clock = std::move(clock)](store& in) {
    return [&in, clock](const rule_transactions::task& task) {
      store_transaction transaction(in);
      task(in, clock());
      transaction.commit();
    };
  };
  return {over(reader), over(writer)};
}

/// Returns a rule that looks for `pattern`.
inline rule rule_called(const std::string& id, const std::string& pattern = "wget",
                        std::uint64_t version = 1) {
  rule made;
  made.id = id;
  made.version = version;
  made.name = "Rule " + id;
  made.field = "command";
  made.pattern = pattern;
  made.emits = {{"T1105", "command-and-control", 0.9}};
  return made;
}

/// A store with rules in it, and operations on them in a transaction each.
template <class Backend>
struct database_rules_scene : store_scene<Backend> {
  /// Opens the rules as one more process would that has this very store.
  std::unique_ptr<rule_store> open_rules() {
    return open_database_rules(direct_transactions(this->in(), this->in(), [this] { return this->now; }));
  }

  /// Whether the view is what a fresh load gives.
  bool agrees(const rule_view& view) {
    return changes_between(view, open_rules()->load().rules, this->now).empty();
  }

  bool define(const rule& definition, const std::string& source = "") {
    return this->commit([&] { return define_rule(this->in(), definition, source, "ann", this->now); });
  }
  bool remove(const std::string& id) {
    return this->commit([&] { return remove_rule(this->in(), id, "ann", this->now); });
  }
  bool set(const std::string& id, const rule_state& state) {
    return this->commit([&] { return set_rule_state(this->in(), id, state, this->now); });
  }
  std::size_t expire(std::size_t limit = 100) {
    return this->commit([&] { return expire_rules(this->in(), this->now, limit); });
  }

  rule_state disabled(std::chrono::milliseconds ends_after = {}) const {
    rule_state state{rule_mode::disabled, 1, "too loud", "ann", this->now, {}};
    if (ends_after > ends_after.zero())
      state.expires_at = this->now + ends_after;
    return state;
  }
  rule_state clipped(double confidence_max) const {
    return {rule_mode::clipped, confidence_max, "unsure", "bob", this->now, {}};
  }

  std::vector<audit_row> audit() {
    return this->commit([&] { return this->in().audit().since(0, 1000); });
  }
  std::vector<rule_change_row> changes() {
    return this->commit([&] { return this->in().rules().changes(0, 1'000'000); });
  }
};

/// What happened, e.g. `defined a, state b`.
inline std::string story_of(const std::vector<rule_change>& changes) {
  std::string text;
  for (const auto& change : changes)
    text += (text.empty() ? "" : ", ") + std::string(to_string(change.what)) + " " + change.rule;
  return text;
}

} // namespace sluice
