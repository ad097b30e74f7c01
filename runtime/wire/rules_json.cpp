#include "runtime/wire/rules_json.hpp"

#include "runtime/wire/json_dump.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

/// Nobody reads further; and an answer has an end.
constexpr std::size_t most_findings = 1'000;
constexpr std::size_t most_findings_bytes = std::size_t{1} << 20;

document optional_text(const std::string& text) {
  return text.empty() ? document() : document(text);
}

document optional_count(const std::optional<std::uint64_t>& count) {
  return count ? document(*count) : document();
}

document describe(const rule_state& state) {
  const bool said = state.at != utc_time{};
  return {{"mode", std::string(to_string(state.mode))},
          {"confidence_max", state.mode == rule_mode::clipped ? document(state.confidence_max) : document()},
          {"reason", optional_text(state.reason)},
          {"by", optional_text(state.by)},
          {"at", said ? document(to_string(state.at)) : document()},
          {"expires_at", time_or_null(state.expires_at)}};
}

document describe(const rule_emission& emission) {
  document result{{"technique_id", emission.technique_id},
                  {"tactic", optional_text(emission.tactic)},
                  {"confidence", emission.confidence}};
  for (const auto& [name, value] : emission.more)
    result[name] = value;
  return result;
}

/// Adds what a definition says beyond version and name.
void add_definition(document& to, const rule* definition) {
  if (definition == nullptr) {
    for (const auto* const name : {"description", "applies_to", "match", "emits"})
      to[name] = nullptr;
    return;
  }
  to["description"] = optional_text(definition->description);
  to["applies_to"] = definition->applies_to;
  to["match"] = {{"field", definition->field}, {"pattern", definition->pattern}};
  to["emits"] = document::array();
  for (const auto& each : definition->emits)
    to["emits"].push_back(describe(each));
}

document describe(const rule_finding& found) {
  const auto& what = found.what;
  const bool known = what.position.known();
  return {{"place", found.place},
          {"level", what.is_error() ? "error" : "warning"},
          {"code", what.code},
          {"path", what.path},
          {"message", what.text},
          {"line", known ? document(what.position.line) : document()},
          {"column", known ? document(what.position.column) : document()}};
}

document describe(const rule_facts& facts) {
  return {{"id", facts.id},
          {"version", optional_count(facts.version)},
          {"name", optional_text(facts.name)},
          {"state", describe(facts.state)},
          {"hits", optional_count(facts.hits)}};
}

} // namespace

std::string rule_json(const rule_facts& rule) {
  return dump(describe(rule));
}

std::string rule_view_json(const rule_facts& rule) {
  auto view = describe(rule);
  add_definition(view, rule.definition.get());
  return dump(view);
}

std::string rule_answer_json(const rule_facts& rule) {
  auto answer = describe(rule);
  answer["persisted"] = true;
  answer["published"] = true;
  return dump(answer);
}

std::string rule_finding_json(const rule_finding& found) {
  return dump(describe(found));
}

std::string rule_finding_news_json(utc_time at, std::string_view kind, const rule_finding& found) {
  return dump({{"at", to_string(at)}, {"kind", std::string(kind)}, {"finding", describe(found)}});
}

std::string rule_check_json(const rule_check& check) {
  auto files = document::array();
  for (const auto& [name, id] : check.ids)
    files.push_back({{"name", name}, {"rule", id}});
  return fmt::format(R"({{"valid":{},"rules":{},"files":{},{}}})", check.valid, check.rules, dump(files),
                     findings_members(check.findings));
}

std::string rule_copy_json(const rule_copy& copy) {
  return fmt::format(R"({{"defined":{},"removed":{},"unchanged":{},"complete":{},{}}})", copy.done.defined,
                     copy.done.removed, copy.done.unchanged, copy.complete, findings_members(copy.findings));
}

std::string findings_members(const told_findings& found) {
  std::string list;
  std::size_t shown = 0;
  for (const auto& each : found.shown) {
    if (shown == most_findings)
      break;
    const auto item = rule_finding_json(each);
    if (shown > 0 && list.size() + item.size() > most_findings_bytes)
      break;
    list += (list.empty() ? "" : ",") + item;
    ++shown;
  }
  return fmt::format(R"("findings":[{}],"more_findings":{})", list, found.more + found.shown.size() - shown);
}

std::string findings_members(const std::vector<rule_finding>& found) {
  return findings_members(told_findings{found, 0});
}

std::string rule_change_json(const rule_change_row& change) {
  return dump({{"id", change.id},
               {"at", to_string(change.at)},
               {"kind", std::string(to_string(change.kind))},
               {"rule", change.rule},
               {"by", optional_text(change.by)},
               {"definition", change.definition ? document(*change.definition) : document()},
               {"state", change.state ? describe(*change.state) : document()}});
}

std::string rule_present_json(const rule_present& present) {
  return dump({{"rule", present.rule},
               {"definition", present.definition ? document(*present.definition) : document()},
               {"state", describe(present.state)}});
}

std::string rule_order_json(const rule_order& order) {
  document body{{"mode", std::string(to_string(order.mode))}};
  if (order.mode == rule_mode::clipped)
    body["confidence_max"] = order.confidence_max;
  if (!order.reason.empty())
    body["reason"] = order.reason;
  if (order.until)
    body["expires_at"] = to_string(*order.until);
  if (order.lasts)
    body["for"] = fmt::format("{}ms", std::chrono::ceil<std::chrono::milliseconds>(*order.lasts).count());
  return dump(body);
}

std::string rule_files_json(const std::vector<rule_file>& files) {
  auto list = document::array();
  for (const auto& each : files)
    list.push_back({{"name", each.name}, {"text", each.text}});
  return dump({{"files", std::move(list)}});
}

} // namespace sluice
