#include "metrics/rule_exposition.hpp"

#include "metrics/exposition.hpp"
#include "metrics/flow_exposition.hpp"

#include <map>
#include <string_view>

namespace sluice {

namespace {

void add_hits(exposition& out, const std::vector<std::pair<std::string, std::uint64_t>>& hits) {
  std::map<std::string_view, std::uint64_t> by_rule;
  std::uint64_t all = 0;
  for (const auto& [rule, count] : hits) {
    by_rule[rule] += count;
    all += count;
  }
  if (by_rule.size() > rule_detail_limit) {
    out.add(metric::rule_hits, {sum_label}, all);
    return;
  }
  for (const auto& [rule, count] : by_rule)
    out.add(metric::rule_hits, {rule}, count);
}

} // namespace

std::string render_rules(const rule_counts& seen) {
  exposition out;
  if (seen.places == 0)
    return out.take_text();
  constexpr double nanoseconds = 1e9;
  out.add(metric::rules, {"enabled"}, seen.enabled);
  out.add(metric::rules, {"disabled"}, seen.disabled);
  out.add(metric::rules, {"clipped"}, seen.clipped);
  out.add(metric::rule_changes, {"defined"}, seen.defined);
  out.add(metric::rule_changes, {"removed"}, seen.removed);
  out.add(metric::rule_changes, {"state"}, seen.states);
  out.add(metric::rule_changes, {"expired"}, seen.expired);
  out.add(metric::rule_findings, {}, seen.findings);
  out.add(metric::rule_compilations, {}, seen.compilations);
  out.add(metric::rule_compile_time, {}, static_cast<double>(seen.compile_nanoseconds) / nanoseconds);
  add_hits(out, seen.hits);
  return out.take_text();
}

} // namespace sluice
