#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

#include <utility>

namespace sluice {

namespace {

/// Reads rule_id, rule_version, definition, source, created_at and updated_at.
rule_row read_rule_row(query& row) {
  rule_row rule;
  rule.id = row.text();
  rule.version = row.natural();
  rule.definition = row.text();
  rule.source = row.text();
  rule.created_at = row.time();
  rule.updated_at = row.time();
  return rule;
}

rule_mode read_mode(query& row) {
  const auto written = row.text_here();
  const auto mode = parse_rule_mode(written);
  if (!mode)
    row.throw_unreadable("mode of a rule", written);
  return *mode;
}

rule_change_kind read_change_kind(query& row) {
  const auto written = row.text_here();
  const auto kind = parse_rule_change_kind(written);
  if (!kind)
    row.throw_unreadable("kind of a change of a rule", written);
  return *kind;
}

/// Reads mode, confidence_max, reason, set_by, set_at and expires_at.
rule_state read_rule_state(query& row) {
  rule_state state;
  state.mode = read_mode(row);
  state.confidence_max = row.real();
  state.reason = row.text();
  state.by = row.text();
  state.at = row.time();
  state.expires_at = row.optional_time();
  return state;
}

/// Reads rule_id and the state.
std::vector<rule_state_row> read_states(query& rows) {
  std::vector<rule_state_row> states;
  while (rows.next()) {
    auto rule = rows.text();
    states.push_back({std::move(rule), read_rule_state(rows)});
  }
  return states;
}

/// Binds mode, confidence_max, reason, set_by, set_at and expires_at. `state` outlives the use of `row`.
void bind_state(query& row, const rule_state& state) {
  row.bind(to_string(state.mode)).bind(state.confidence_max).bind(state.reason).bind(state.by);
  row.bind(state.at).bind(state.expires_at);
}

/// Reads id, at, kind, rule_id, actor, definition and the state.
rule_change_row read_change(query& row) {
  rule_change_row change;
  change.id = row.integer();
  change.at = row.time();
  change.kind = read_change_kind(row);
  change.rule = row.text();
  change.by = row.text();
  change.definition = row.optional_text();
  if (!row.at_null())
    change.state = read_rule_state(row);
  return change;
}

} // namespace

std::optional<rule_row> sqlite_rules::find(const std::string& id) {
  query row(*in_, "SELECT rule_id, rule_version, definition, source, created_at, updated_at "
                  "FROM rules WHERE rule_id = ?");
  return row.bind(id).next() ? std::optional(read_rule_row(row)) : std::nullopt;
}

std::vector<rule_row> sqlite_rules::list(const std::string& after, std::size_t limit) {
  std::vector<rule_row> rules;
  query rows(*in_, "SELECT rule_id, rule_version, definition, source, created_at, updated_at "
                   "FROM rules WHERE rule_id > ? ORDER BY rule_id LIMIT ?");
  for (rows.bind(after).bind(std::uint64_t{limit}); rows.next();)
    rules.push_back(read_rule_row(rows));
  return rules;
}

// Two statements: one that inserts or updates would be kept ready to be undone.
void sqlite_rules::put(const rule_row& row) {
  query old(*in_, "UPDATE rules SET rule_version = ?, definition = ?, source = ?, updated_at = ? "
                  "WHERE rule_id = ?");
  old.bind(row.version).bind(row.definition).bind(row.source).bind(row.updated_at);
  if (old.bind(row.id).run() == 1)
    return;
  query fresh(*in_, "INSERT INTO rules (rule_id, rule_version, definition, source, created_at, updated_at) "
                    "VALUES (?, ?, ?, ?, ?, ?)");
  fresh.bind(row.id).bind(row.version).bind(row.definition).bind(row.source);
  fresh.bind(row.created_at).bind(row.updated_at).run();
}

bool sqlite_rules::erase(const std::string& id) {
  query row(*in_, "DELETE FROM rules WHERE rule_id = ?");
  return row.bind(id).run() == 1;
}

std::optional<rule_state> sqlite_rules::state(const std::string& rule) {
  query row(*in_, "SELECT mode, confidence_max, reason, set_by, set_at, expires_at "
                  "FROM rule_state WHERE rule_id = ?");
  return row.bind(rule).next() ? std::optional(read_rule_state(row)) : std::nullopt;
}

std::vector<rule_state_row> sqlite_rules::states(const std::string& after, std::size_t limit) {
  query rows(*in_, "SELECT rule_id, mode, confidence_max, reason, set_by, set_at, expires_at "
                   "FROM rule_state WHERE rule_id > ? ORDER BY rule_id LIMIT ?");
  return read_states(rows.bind(after).bind(std::uint64_t{limit}));
}

std::vector<rule_state_row> sqlite_rules::expired(utc_time now, std::size_t limit) {
  query rows(*in_, "SELECT rule_id, mode, confidence_max, reason, set_by, set_at, expires_at "
                   "FROM rule_state WHERE expires_at <= ? ORDER BY expires_at, rule_id LIMIT ?");
  return read_states(rows.bind(now).bind(std::uint64_t{limit}));
}

void sqlite_rules::put_state(const std::string& rule, const rule_state& state) {
  query old(*in_, "UPDATE rule_state SET mode = ?, confidence_max = ?, reason = ?, set_by = ?, set_at = ?, "
                  "expires_at = ? WHERE rule_id = ?");
  bind_state(old, state);
  if (old.bind(rule).run() == 1)
    return;
  query fresh(*in_, "INSERT INTO rule_state (mode, confidence_max, reason, set_by, set_at, expires_at, "
                    "rule_id) VALUES (?, ?, ?, ?, ?, ?, ?)");
  bind_state(fresh, state);
  fresh.bind(rule).run();
}

bool sqlite_rules::erase_state(const std::string& rule) {
  query row(*in_, "DELETE FROM rule_state WHERE rule_id = ?");
  return row.bind(rule).run() == 1;
}

std::int64_t sqlite_rules::append_change(const rule_change_row& change) {
  query row(*in_, "INSERT INTO rule_changes (at, kind, rule_id, actor, definition, mode, confidence_max, "
                  "reason, set_by, set_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(change.at).bind(to_string(change.kind)).bind(change.rule).bind(change.by).bind(change.definition);
  // A statement keeps what was bound in its last use.
  if (change.state)
    bind_state(row, *change.state);
  else
    for (int column = 0; column < 6; ++column)
      row.bind(std::nullopt);
  row.run();
  return in_->last_key();
}

std::vector<rule_change_row> sqlite_rules::changes(std::int64_t since, std::size_t limit) {
  std::vector<rule_change_row> changes;
  query rows(*in_, "SELECT id, at, kind, rule_id, actor, definition, mode, confidence_max, reason, set_by, "
                   "set_at, expires_at FROM rule_changes WHERE id > ? ORDER BY id LIMIT ?");
  for (rows.bind(since).bind(std::uint64_t{limit}); rows.next();)
    changes.push_back(read_change(rows));
  return changes;
}

rule_change_range sqlite_rules::change_range() {
  // Each is a look at one end of the table; in one statement they would be a walk through it.
  query first(*in_, "SELECT min(id) FROM rule_changes");
  query last(*in_, "SELECT max(id) FROM rule_changes");
  rule_change_range range;
  if (first.next() && last.next())
    range = {first.integer(), last.integer()};
  return range;
}

void sqlite_rules::forget_changes(std::int64_t last) {
  query(*in_, "DELETE FROM rule_changes WHERE id <= ?").bind(last).run();
}

} // namespace sluice
