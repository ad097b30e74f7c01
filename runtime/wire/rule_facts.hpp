#pragma once

#include "model/base/utc_time.hpp"
#include "model/rules/rule.hpp"
#include "model/rules/rule_state.hpp"
#include "persistence/rules/rule_files.hpp"
#include "persistence/rules/rule_store.hpp"
#include "persistence/rules/sync_rules.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// A rule as operators are shown it.
struct rule_facts {
  std::string id;
  /// None: there is no definition (it was removed, or is still to come), only what was said about the id.
  std::optional<std::uint64_t> version = {};
  std::string name = {};
  /// In force now.
  rule_state state = {};
  /// How often it has matched in the flows of a server; none: it was not a server that was asked.
  std::optional<std::uint64_t> hits = {};
  /// Null in lists of a server.
  std::shared_ptr<const rule> definition = {};
};

/// Returns what is shown of a rule that somebody sees so.
rule_facts facts_of(const std::string& id, const viewed_rule& seen, utc_time now);

/// A rule as a store has it, for those who follow it: whatever version of this program can read it.
struct rule_present {
  std::string rule;
  /// YAML; none: there is only a state.
  std::optional<std::string> definition = {};
  /// As it was said.
  rule_state state = {};
};

/// What is wrong with rules, as far as it is told.
struct told_findings {
  std::vector<rule_finding> shown = {};
  /// How many there are beyond those.
  std::uint64_t more = 0;
};

/// Rules by id, and what is wrong with those that are not among them.
struct rule_listing {
  std::vector<rule_facts> rules;
  told_findings findings;
};

/// What checking rules has come to.
struct rule_check {
  /// None of the findings is an error.
  bool valid = true;
  /// The rules that are without an error.
  std::uint64_t rules = 0;
  /// Which rule a file defines, by the file's name; the others define none.
  std::map<std::string, std::string> ids = {};
  told_findings findings = {};
};

/// What copying a directory into a database has come to.
struct rule_copy {
  rule_sync done;
  /// False: nothing was removed, because the directory has errors.
  bool complete = true;
  /// What is wrong with the directory.
  told_findings findings = {};
};

/// What an operator wants a rule's state to be.
struct rule_order {
  rule_mode mode = rule_mode::enabled;
  /// For `clipped`.
  double confidence_max = 1;
  std::string reason = {};
  /// At most one of them: until when, or how long from now on.
  std::optional<utc_time> until = {};
  std::optional<std::chrono::nanoseconds> lasts = {};
};

/// Returns the state that an order by `by` comes to at `now`. `require_state` may still refuse it.
rule_state state_of(const rule_order& order, const std::string& by, utc_time now);

} // namespace sluice
