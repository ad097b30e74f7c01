#include "persistence/rules/database_rules.hpp"

#include "model/rules/rule_reader.hpp"
#include "persistence/operations/rule_operations.hpp"
#include "persistence/rules/rule_changes.hpp"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

namespace {

/// Rows read, or written, at once.
constexpr std::size_t page_length = 500;

/// What stood in the three tables at one moment.
struct table_contents {
  std::vector<rule_row> rules;
  std::vector<rule_state_row> states;
  std::int64_t last_change = 0;
  utc_time at = {};
};

table_contents read_all(store& in, utc_time now) {
  auto& table = in.rules();
  table_contents found;
  found.last_change = table.change_range().last;
  found.at = now;
  const auto add = [](auto page, auto& to) {
    to.insert(to.end(), std::make_move_iterator(page.begin()), std::make_move_iterator(page.end()));
    return page.size() == page_length;
  };
  while (add(table.list(found.rules.empty() ? "" : found.rules.back().id, page_length), found.rules)) {
  }
  while (add(table.states(found.states.empty() ? "" : found.states.back().rule, page_length), found.states)) {
  }
  return found;
}

/// What was found after a cursor.
struct change_page {
  std::vector<rule_change_row> rows;
  /// Changes between the cursor and the first row are not there any more.
  bool missed = false;
};

change_page read_page(store& in, std::int64_t cursor) {
  change_page page;
  const auto range = in.rules().change_range();
  // A table that has fewer than were seen is another one: the database is an older copy.
  page.missed = range.last < cursor || (range.last > cursor && range.first > cursor + 1);
  if (!page.missed && range.last > cursor)
    page.rows = in.rules().changes(cursor, page_length);
  return page;
}

class database_rules final : public rule_store {
public:
  database_rules(rule_transactions transactions, rule_batch_reader reader)
      : transactions_(std::move(transactions)), reader_(std::move(reader)) {}

  rule_snapshot load() override {
    const auto found = read_everything();
    rule_snapshot snapshot;
    snapshot.rules = view_of(found);
    snapshot.findings = findings_now();
    begin_at(found.last_change, snapshot.rules);
    unread_.clear();
    return snapshot;
  }

  std::vector<rule_change> changes() override {
    if (!cursor_)
      load();
    while (read_on()) {
    }
    return std::exchange(unread_, {});
  }

  std::vector<rule_finding> take_findings() override { return std::exchange(findings_, {}); }

  std::vector<rule_finding> findings_now() const override {
    std::vector<rule_finding> all;
    for (const auto& [id, wrong] : wrong_)
      all.insert(all.end(), wrong.begin(), wrong.end());
    return all;
  }

  rule_state state(const std::string& rule, utc_time now) override {
    rule_state said;
    transactions_.read([&](store& in, utc_time) { said = in.rules().state(rule).value_or(rule_state{}); });
    return effective(said, now);
  }

  void set_state(const std::string& rule, const rule_state& state, utc_time now) override {
    transactions_.write([&](store& in, utc_time) { set_rule_state(in, rule, state, now); });
  }

  std::size_t expire(utc_time now) override {
    // A look is in nobody's way, a turn to write is.
    bool any = false;
    transactions_.read([&](store& in, utc_time) { any = !in.rules().expired(now, 1).empty(); });
    std::size_t all = 0;
    for (std::size_t count = any ? page_length : 0; count == page_length; all += count)
      transactions_.write([&](store& in, utc_time) { count = expire_rules(in, now, page_length); });
    return all;
  }

private:
  table_contents read_everything() {
    table_contents found;
    transactions_.read([&](store& in, utc_time now) { found = read_all(in, now); });
    return found;
  }

  void begin_at(std::int64_t cursor, rule_view seen) {
    cursor_ = cursor;
    seen_ = std::move(seen);
  }

  /// Takes in the next changes. Returns whether there may be more. What was taken in before a failure waits
  /// for the next call.
  bool read_on() {
    change_page page;
    transactions_.read([&](store& in, utc_time) { page = read_page(in, *cursor_); });
    if (page.missed) {
      read_anew();
      return false;
    }
    for (const auto& row : page.rows)
      take_in(row);
    return page.rows.size() == page_length;
  }

  void read_anew() {
    const auto found = read_everything();
    auto fresh = view_of(found);
    for (auto& change : changes_between(seen_, fresh, found.at)) {
      change.number = found.last_change;
      unread_.push_back(std::move(change));
    }
    begin_at(found.last_change, std::move(fresh));
  }

  void take_in(const rule_change_row& row) {
    cursor_ = row.id;
    rule_change change;
    change.what = row.kind;
    change.rule = row.rule;
    change.at = row.at;
    change.number = row.id;
    change.by = row.by;
    if (row.kind == rule_change_kind::defined) {
      rule_reading read;
      read.definition = read_rule(row.definition.value_or(""), read.wrong);
      change.definition = check(row.rule, std::move(read));
      // The last one that could be read stays in force. It may also be what has come back.
      if (!change.definition || is_seen(*change.definition))
        return;
    }
    if (row.kind == rule_change_kind::removed)
      wrong_.erase(row.rule);
    if (row.kind == rule_change_kind::state && row.state && row.state->mode != rule_mode::enabled)
      change.state = *row.state;
    apply_change(seen_, change);
    unread_.push_back(std::move(change));
  }

  bool is_seen(const rule& definition) const {
    const auto seen = seen_.find(definition.id);
    return seen != seen_.end() && seen->second.definition && *seen->second.definition == definition;
  }

  rule_view view_of(const table_contents& found) {
    std::vector<std::string_view> texts;
    texts.reserve(found.rules.size());
    for (const auto& row : found.rules)
      texts.emplace_back(row.definition);
    auto read = reader_(texts);
    rule_view view;
    wrong_.clear();
    for (std::size_t i = 0; i < found.rules.size(); ++i)
      if (auto definition = check_or_keep(found.rules[i].id, std::move(read[i])))
        view[found.rules[i].id].definition = std::move(definition);
    for (const auto& row : found.states)
      view[row.rule].state = row.state;
    return view;
  }

  std::shared_ptr<const rule> check_or_keep(const std::string& id, rule_reading read) {
    if (auto definition = check(id, std::move(read)))
      return definition;
    const auto last = seen_.find(id);
    return last == seen_.end() ? nullptr : last->second.definition;
  }

  /// Returns null when it is none that this program can use; the findings say why.
  std::shared_ptr<const rule> check(const std::string& id, rule_reading read) {
    auto& [definition, wrong] = read;
    if (definition && definition->id != id) {
      finding other;
      other.code = finding_code::bad_value;
      other.path = "rule_id";
      other.text = fmt::format("'{}' is not the id of its row, '{}': define it anew", definition->id, id);
      wrong.push_back(std::move(other));
      definition.reset();
    }
    auto& of_rule = wrong_[id];
    of_rule.clear();
    for (auto& one : wrong)
      of_rule.push_back({"rules/" + id, std::move(one)});
    findings_.insert(findings_.end(), of_rule.begin(), of_rule.end());
    if (of_rule.empty())
      wrong_.erase(id);
    return definition ? std::make_shared<const rule>(*std::move(definition)) : nullptr;
  }

  rule_transactions transactions_;
  rule_batch_reader reader_;
  /// The last change that was taken in; none: nothing was loaded yet.
  std::optional<std::int64_t> cursor_;
  /// What who follows this object has seen, `unread_` included.
  rule_view seen_;
  std::vector<rule_change> unread_;
  /// What has not been told.
  std::vector<rule_finding> findings_;
  /// What is wrong with the definitions as they were last read, by id.
  std::map<std::string, std::vector<rule_finding>> wrong_;
};

} // namespace

std::unique_ptr<rule_store> open_database_rules(rule_transactions transactions, rule_batch_reader reader) {
  return std::make_unique<database_rules>(std::move(transactions), std::move(reader));
}

} // namespace sluice
