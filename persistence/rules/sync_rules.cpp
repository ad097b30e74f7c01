#include "persistence/rules/sync_rules.hpp"

#include "model/base/fault_point.hpp"
#include "persistence/operations/rule_operations.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace sluice {

namespace {

constexpr std::size_t page_length = 500;

bool has_definition(const rule_view& view, const std::string& id) {
  const auto found = view.find(id);
  return found != view.end() && found->second.definition;
}

/// Returns the rules that are not there any more.
std::vector<std::string> gone_from(store& in, const rule_view& from, const std::string& source) {
  std::vector<std::string> gone;
  std::string after;
  for (auto page = in.rules().list(after, page_length); !page.empty();
       page = in.rules().list(after, page_length)) {
    for (const auto& row : page)
      if (row.source == source && !has_definition(from, row.id))
        gone.push_back(row.id);
    after = page.back().id;
  }
  return gone;
}

void note(store& in, const rule_sync& done, const std::string& source, const std::string& by, utc_time now) {
  const nlohmann::ordered_json detail = {
      {"defined", done.defined}, {"removed", done.removed}, {"unchanged", done.unchanged}};
  in.audit().append({0, now, by, "rule.sync", source, json(detail).dump()});
}

} // namespace

rule_sync sync_rules(store& in, const rule_view& from, const std::string& source, const std::string& by,
                     utc_time now) {
  rule_sync done;
  for (const auto& id : gone_from(in, from, source))
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
