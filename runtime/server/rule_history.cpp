#include "runtime/server/rule_history.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

namespace sluice {

namespace {

/// Each may be a large rule.
constexpr std::size_t rows_at_once = 50;

/// The rules and states of one piece of the two tables, by id.
struct rule_piece {
  std::map<std::string, rule_present> rules;
  /// There is nothing after them.
  bool is_last = true;
};

rule_piece read_piece(rule_table& table, const std::string& after) {
  auto rules = table.list(after, rows_at_once);
  auto states = table.states(after, rows_at_once);
  // Beyond the end of a full page of one table, the other one may know more than is here.
  std::optional<std::string> end;
  if (rules.size() == rows_at_once)
    end = rules.back().id;
  if (states.size() == rows_at_once && (!end || states.back().rule < *end))
    end = states.back().rule;
  rule_piece piece;
  piece.is_last = !end;
  const auto present = [&piece](const std::string& id) -> rule_present& {
    return piece.rules.try_emplace(id, rule_present{id}).first->second;
  };
  for (auto& row : rules)
    if (!end || row.id <= *end)
      present(row.id).definition = std::move(row.definition);
  for (auto& row : states)
    if (!end || row.rule <= *end)
      present(row.rule).state = std::move(row.state);
  return piece;
}

std::size_t bytes_of(const rule_present& one) {
  constexpr std::size_t members = 200;
  return members + one.rule.size() + (one.definition ? one.definition->size() : 0) + one.state.reason.size() +
         one.state.by.size();
}

} // namespace

rule_beginning read_rule_beginning(store& in, const std::string& after, std::size_t bytes) {
  auto& table = in.rules();
  rule_beginning beginning;
  beginning.last_change = table.change_range().last;
  std::size_t taken = 0;
  auto last = after;
  for (bool is_last = false; !is_last;) {
    auto piece = read_piece(table, last);
    is_last = piece.is_last;
    for (auto& [id, one] : piece.rules) {
      taken += bytes_of(one);
      if (!beginning.rules.empty() && taken >= bytes) {
        beginning.is_whole = false;
        return beginning;
      }
      last = id;
      beginning.rules.push_back(std::move(one));
    }
  }
  return beginning;
}

std::vector<rule_change_row> read_rule_changes(store& in, std::int64_t since, std::size_t limit) {
  const auto kept = in.rules().change_range();
  if (since < kept.first - 1)
    throw error("changes_expired",
                fmt::format("changes of rules are kept from number {} on, and those after {} were asked for: "
                            "begin anew with the rules as they are",
                            kept.first, since));
  if (since > kept.last)
    throw error(
        "changes_expired",
        fmt::format("the last change of rules is number {}, and those after {} were asked for: an older "
                    "copy of the database is in use; begin anew with the rules as they are",
                    kept.last, since));
  return in.rules().changes(since, limit);
}

} // namespace sluice
