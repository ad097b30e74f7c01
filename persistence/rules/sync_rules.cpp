#include "persistence/rules/sync_rules.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "persistence/operations/rule_operations.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace sluice {

namespace {

constexpr std::size_t page_length = 500;

bool has_definition(const rule_view& view, const std::string& id) {
  const auto found = view.find(id);
  return found != view.end() && found->second.definition;
}

/// The rules of a database, beside those that it is to have.
struct present_rules {
  std::size_t all = 0;
  /// Defined in both.
  std::size_t known = 0;
  /// From the same source, and not there any more.
  std::vector<std::string> gone;
};

present_rules compare_rows(store& in, const rule_view& from, const std::string& source) {
  present_rules found;
  std::string after;
  for (auto page = in.rules().list(after, page_length); !page.empty();
       page = in.rules().list(after, page_length)) {
    for (const auto& row : page) {
      ++found.all;
      if (has_definition(from, row.id))
        ++found.known;
      else if (row.source == source)
        found.gone.push_back(row.id);
    }
    after = page.back().id;
  }
  return found;
}

void require_room(const present_rules& present, const rule_view& from, std::size_t limit) {
  const auto defined = static_cast<std::size_t>(std::count_if(
      from.begin(), from.end(), [](const auto& each) { return each.second.definition != nullptr; }));
  const auto fresh = defined - present.known;
  const auto then = present.all - present.gone.size() + fresh;
  if (fresh > 0 && then > limit)
    throw error(
        "too_many_rules",
        fmt::format("the database would have {} rules, and at most {} are kept: take {} away, here or "
                    "where others come from",
                    then, limit, then - limit));
}

void note(store& in, const rule_sync& done, const std::string& source, const std::string& by, utc_time now) {
  const nlohmann::ordered_json detail = {
      {"defined", done.defined}, {"removed", done.removed}, {"unchanged", done.unchanged}};
  in.audit().append({0, now, by, "rule.sync", source, json(detail).dump()});
}

} // namespace

rule_sync sync_rules(store& in, const rule_view& from, const std::string& source, const std::string& by,
                     utc_time now, std::size_t limit) {
  const auto present = compare_rows(in, from, source);
  require_room(present, from, limit);
  rule_sync done;
  for (const auto& id : present.gone)
    done.removed += remove_rule(in, id, by, now) ? 1 : 0;
  for (const auto& [id, entry] : from)
    if (entry.definition)
      ++(define_rule(in, *entry.definition, source, by, now) ? done.defined : done.unchanged);
  if (done.defined + done.removed > 0)
    note(in, done, source, by, now);
  fault_point("rules.synced");
  return done;
}

} // namespace sluice
