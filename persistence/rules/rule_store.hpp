#pragma once

#include "model/base/utc_time.hpp"
#include "model/config/finding.hpp"
#include "model/rules/rule_view.hpp"
#include "persistence/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// One thing that happened to one rule; `apply_change` (rule_changes.hpp) says what it makes of a view.
struct rule_change {
  using kind = rule_change_kind;
  kind what = kind::defined;
  std::string rule;
  /// `defined`.
  std::shared_ptr<const sluice::rule> definition = {};
  /// `state` and `expired`: what `rule_store::state` returns from then on, so the default when somebody has
  /// enabled the rule.
  rule_state state = {};
  utc_time at = {};
  /// Database: the id of the change; directory: counted from 1 by this object.
  std::int64_t number = 0;
  /// Who did it; empty: not known.
  std::string by = {};
};

/// A finding, and the file or row it is about.
struct rule_finding {
  std::string place;
  finding what;
};

/// What a store holds at one moment.
struct rule_snapshot {
  /// An id with a state and without a definition has an entry whose definition is null.
  rule_view rules;
  /// What is wrong with those that are not in `rules`, or not in their newest form.
  std::vector<rule_finding> findings;
};

/// Rules and their states in one place: a directory or a database. One thread at a time. Every call may throw
/// `error` with the store's code (`rules_unavailable`, `store_full`, …); nothing has changed then.
class rule_store {
public:
  virtual ~rule_store() = default;

  /// Returns everything as it is now. `changes` goes on from there: nothing in between is lost.
  virtual rule_snapshot load() = 0;
  /// Returns what has happened since the last `load` or `changes`, by whatever process, one entry per rule
  /// and edit, in order. Never waits. Own `set_state` and `expire` come here, too.
  virtual std::vector<rule_change> changes() = 0;
  /// Returns what `changes` (and `load`) found wrong since the last call; the rules in force stay.
  virtual std::vector<rule_finding> take_findings() = 0;
  /// Returns what is wrong as of the last `load` or `changes`, told or not.
  virtual std::vector<rule_finding> findings_now() const = 0;
  /// Readable when `changes` may have something to say; -1: ask from time to time.
  virtual int descriptor() const noexcept { return -1; }

  /// Returns what was said about `rule`, the default for ids that nobody knows, and when it has expired.
  virtual rule_state state(const std::string& rule, utc_time now) = 0;
  /// Durable when it returns. An enabled state takes back what was said.
  virtual void set_state(const std::string& rule, const rule_state& state, utc_time now) = 0;
  /// Takes back every state that has expired by `now`. However many processes do, each expiry is one change
  /// of kind `expired`, which everybody who follows the store hears once. Returns how many this call took
  /// back.
  virtual std::size_t expire(utc_time now) = 0;
};

/// How a `rule_store` in a database gets its transactions: each runs the task once and returns when it is
/// over, or throws what the task or the store threw.
struct rule_transactions {
  using task = std::function<void(store& in, utc_time now)>;
  std::function<void(const task&)> read;
  std::function<void(const task&)> write;
};

} // namespace sluice
