#pragma once

#include "model/base/utc_time.hpp"
#include "model/rules/rule_state.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One row of `rules`. What its definition says is nobody's business here: it may be one that only another
/// version of this program can read.
struct rule_row {
  std::string id;
  std::uint64_t version = 1;
  /// YAML (docs/rules.md).
  std::string definition;
  /// Who keeps it, e.g. a directory that it came from; empty: nobody in particular.
  std::string source = {};
  utc_time created_at = {};
  utc_time updated_at = {};

  friend bool operator==(const rule_row&, const rule_row&) = default;
};

/// One row of `rule_state`: never an enabled one, which is what no row means.
struct rule_state_row {
  std::string rule;
  rule_state state;

  friend bool operator==(const rule_state_row&, const rule_state_row&) = default;
};

/// What happens to a rule.
enum class rule_change_kind : std::uint8_t {
  defined, ///< new, or edited
  removed, ///< its definition is gone; its state stays, in case it comes back
  state,   ///< somebody said so
  expired, ///< its state came to its end and is the default again
};

/// Returns e.g. `defined`.
std::string_view to_string(rule_change_kind kind) noexcept;
/// Returns the kind called `name`, or nothing.
std::optional<rule_change_kind> parse_rule_change_kind(std::string_view name) noexcept;

/// One row of `rule_changes`.
struct rule_change_row {
  /// From 1, in commit order, whatever the clock says.
  std::int64_t id = 0;
  utc_time at = {};
  rule_change_kind kind = rule_change_kind::defined;
  std::string rule;
  /// Who did it.
  std::string by = {};
  /// `defined`: the definition as of then.
  std::optional<std::string> definition = {};
  /// `state`: what was said; `expired`: what came to its end.
  std::optional<rule_state> state = {};

  friend bool operator==(const rule_change_row&, const rule_change_row&) = default;
};

/// The ids of the changes that are kept; 0 and 0: none.
struct rule_change_range {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// The tables `rules`, `rule_state` and `rule_changes`: rows in, rows out. That each change of the first two
/// leaves a row in the third is up to persistence/operations/rule_operations. All calls are inside a
/// transaction of the `store`.
class rule_table {
public:
  virtual std::optional<rule_row> find(const std::string& id) = 0;
  /// Returns rules by id, from the one after `after` on.
  virtual std::vector<rule_row> list(const std::string& after, std::size_t limit) = 0;
  /// Inserts, or replaces all but `created_at`.
  virtual void put(const rule_row& row) = 0;
  /// Returns false when there is no such rule.
  virtual bool erase(const std::string& id) = 0;

  virtual std::optional<rule_state> state(const std::string& rule) = 0;
  /// Returns states by id, from the one after `after` on.
  virtual std::vector<rule_state_row> states(const std::string& after, std::size_t limit) = 0;
  /// Returns states that have expired by `now`, in the order of their ends.
  virtual std::vector<rule_state_row> expired(utc_time now, std::size_t limit) = 0;
  /// Inserts or replaces.
  virtual void put_state(const std::string& rule, const rule_state& state) = 0;
  /// Returns false when there is none.
  virtual bool erase_state(const std::string& rule) = 0;

  /// Returns the new row's id: greater than all before, also those that were forgotten.
  virtual std::int64_t append_change(const rule_change_row& change) = 0;
  /// Returns changes with an id above `since`, by id.
  virtual std::vector<rule_change_row> changes(std::int64_t since, std::size_t limit) = 0;
  virtual rule_change_range change_range() = 0;
  /// Deletes the changes with an id up to `last`.
  virtual void forget_changes(std::int64_t last) = 0;

protected:
  ~rule_table() = default;
};

} // namespace sluice
