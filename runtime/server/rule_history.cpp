#include "runtime/server/rule_history.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t page_rows = 1'000;

/// Calls `take` with each row that `list` gives, page by page; `id_of`: what the next page comes after.
template <class List, class Id, class Take>
void for_each_row(List list, Id id_of, Take take) {
  std::string after;
  while (true) {
    const auto page = list(after, page_rows);
    for (const auto& row : page)
      take(row);
    if (page.size() < page_rows)
      return;
    after = id_of(page.back());
  }
}

} // namespace

rule_beginning read_rule_beginning(store& in) {
  auto& table = in.rules();
  std::map<std::string, rule_present> all;
  const auto present = [&all](const std::string& id) -> rule_present& {
    return all.try_emplace(id, rule_present{id}).first->second;
  };
  for_each_row([&table](const std::string& after, std::size_t limit) { return table.list(after, limit); },
               [](const rule_row& row) { return row.id; },
               [&present](const rule_row& row) { present(row.id).definition = row.definition; });
  for_each_row([&table](const std::string& after, std::size_t limit) { return table.states(after, limit); },
               [](const rule_state_row& row) { return row.rule; },
               [&present](const rule_state_row& row) { present(row.rule).state = row.state; });
  rule_beginning beginning;
  for (auto& [id, one] : all)
    beginning.rules.push_back(std::move(one));
  beginning.last_change = table.change_range().last;
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
