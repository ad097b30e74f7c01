#include "runtime/cli/rules_text.hpp"

#include "model/rules/rule_reader.hpp"
#include "runtime/cli/flow_report.hpp"
#include "runtime/cli/text_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace sluice {

namespace {

constexpr auto right = text_table::side::right;

/// Without milliseconds, which nobody compares by eye.
std::string second_of(const std::optional<utc_time>& moment) {
  if (!moment)
    return {};
  auto text = to_string(*moment);
  return text.replace(text.find('.'), std::string::npos, "Z");
}

std::string ceiling_of(const rule_state& state) {
  return state.mode == rule_mode::clipped ? fmt::format("{}", state.confidence_max) : std::string();
}

std::string number(const std::optional<std::uint64_t>& count) {
  return count ? grouped(*count) : std::string();
}

std::string field(const char* name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("{:<14}{}\n", name, one_line(value));
}

/// `clipped to 0.5 until 2026-11-21T20:00:00Z by ann: too noisy`.
std::string describe(const rule_state& state) {
  auto text = std::string(to_string(state.mode));
  if (state.mode == rule_mode::clipped)
    text += fmt::format(" to {}", state.confidence_max);
  if (state.expires_at)
    text += " until " + second_of(state.expires_at);
  if (!state.by.empty())
    text += " by " + state.by;
  return state.reason.empty() ? text : text + ": " + state.reason;
}

/// Of a definition as it is stored; it may be one that this program cannot read.
std::string describe_definition(const std::string& yaml) {
  findings ignored;
  const auto read = read_rule(yaml, ignored);
  return read ? fmt::format("version {}", read->version) : "in a form that this program cannot read";
}

std::string describe(const rule_change_row& change) {
  switch (change.kind) {
  case rule_change_kind::defined:
    return describe_definition(change.definition.value_or(""));
  case rule_change_kind::state:
    return describe(change.state.value_or(rule_state{}));
  case rule_change_kind::expired:
    return change.state ? "no longer " + describe(*change.state) : "enabled again";
  case rule_change_kind::removed:
    break;
  }
  return {};
}

std::string emits_table(const rule& definition) {
  text_table table({{"TECHNIQUE"}, {"TACTIC"}, {"CONFIDENCE", right}, {"MORE"}});
  for (const auto& each : definition.emits) {
    std::string more;
    for (const auto& [name, value] : each.more)
      more += fmt::format("{}{}={}", more.empty() ? "" : " ", name, value);
    table.add({each.technique_id, each.tactic, fmt::format("{}", each.confidence), more});
  }
  return table.to_string();
}

/// Fits one line, and ends it.
std::string line_of(std::string text) {
  text = one_line(text);
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

} // namespace

std::string rules_table(const std::vector<rule_facts>& rules) {
  const bool counted =
      std::any_of(rules.begin(), rules.end(), [](const rule_facts& rule) { return rule.hits.has_value(); });
  std::vector<text_table::column> columns{{"RULE"}, {"VERSION", right}, {"MODE"}, {"CEILING", right}};
  if (counted)
    columns.push_back({"HITS", right});
  columns.push_back({"EXPIRES"});
  columns.push_back({"REASON"});
  text_table table(columns);
  for (const auto& rule : rules) {
    const auto& state = rule.state;
    std::vector<std::string> cells{rule.id, rule.version ? fmt::format("{}", *rule.version) : "",
                                   std::string(to_string(state.mode)), ceiling_of(state)};
    if (counted)
      cells.push_back(number(rule.hits));
    cells.push_back(second_of(state.expires_at));
    cells.push_back(state.reason);
    table.add(std::move(cells));
  }
  return table.to_string();
}

std::string rule_details(const rule_facts& rule) {
  const auto& state = rule.state;
  auto text = field("rule", rule.id) +
              field("version", rule.version ? fmt::format("{}", *rule.version) : "no definition") +
              field("name", rule.name);
  if (rule.definition) {
    text += field("description", rule.definition->description) +
            field("applies to", fmt::format("{}", fmt::join(rule.definition->applies_to, ", "))) +
            field("field", rule.definition->field) + field("pattern", rule.definition->pattern);
  }
  text += field("mode", std::string(to_string(state.mode))) + field("ceiling", ceiling_of(state)) +
          field("reason", state.reason) + field("by", state.by) +
          field("since", state.at == utc_time{} ? "" : second_of(state.at)) +
          field("expires", second_of(state.expires_at)) + field("hits", number(rule.hits));
  return rule.definition ? text + "\n" + emits_table(*rule.definition) : text;
}

std::string rule_change_line(const rule_change_row& change) {
  return line_of(fmt::format("{}  {:>8}  {:<8} {}  {}", to_string(change.at), change.id,
                             to_string(change.kind), change.rule, describe(change)));
}

std::string rule_present_line(const rule_present& present, utc_time now) {
  const auto definition = present.definition ? describe_definition(*present.definition) : "no definition";
  return line_of(fmt::format("{:<24}  {:>8}  {:<8} {}  {}, {}", "", "", "present", present.rule, definition,
                             describe(effective(present.state, now))));
}

std::string rule_finding_line(const rule_finding& found) {
  return line_of(to_string(found.what, found.place));
}

std::string findings_text(const told_findings& found) {
  std::string text;
  for (const auto& each : found.shown)
    text += rule_finding_line(each);
  if (found.more > 0)
    text += fmt::format("and {} more findings\n", grouped(found.more));
  return text;
}

std::string rule_finding_news_line(utc_time at, std::string_view kind, const rule_finding& found) {
  return line_of(
      fmt::format("{}  {:>8}  {:<8} {}", to_string(at), "", kind, to_string(found.what, found.place)));
}

} // namespace sluice
