#include "runtime/wire/rules_reader.hpp"

#include "runtime/wire/answer_fields.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

std::string text_of(const answer_fields& fields, const char* name) {
  return fields.optional_text(name).value_or("");
}

rule_state read_state(const ordered_json& answer) {
  const answer_fields fields(answer, "state");
  rule_state state;
  const auto mode = parse_rule_mode(fields.text("mode"));
  if (!mode)
    fields.refuse("mode", "a mode of a rule");
  state.mode = *mode;
  state.confidence_max = fields.optional_real("confidence_max").value_or(1);
  state.reason = text_of(fields, "reason");
  state.by = text_of(fields, "by");
  state.at = fields.optional_time("at").value_or(utc_time{});
  state.expires_at = fields.optional_time("expires_at");
  return state;
}

rule_emission read_emission(const ordered_json& answer) {
  const answer_fields fields(answer, "emits");
  rule_emission emission;
  emission.technique_id = fields.text("technique_id");
  emission.tactic = text_of(fields, "tactic");
  emission.confidence = fields.optional_real("confidence").value_or(1);
  for (const auto& [name, value] : answer.items())
    if (name != "technique_id" && name != "tactic" && name != "confidence" && value.is_string())
      emission.more.emplace_back(name, value.get<std::string>());
  return emission;
}

/// Returns the definition, or null when the answer does not say what is in it.
std::shared_ptr<const rule> read_definition(const answer_fields& fields, const rule_facts& facts) {
  const auto* const match = fields.find("match");
  if (match == nullptr || !facts.version)
    return nullptr;
  auto definition = std::make_shared<rule>();
  definition->id = facts.id;
  definition->version = *facts.version;
  definition->name = facts.name;
  definition->description = text_of(fields, "description");
  for (const auto& kind : fields.list("applies_to"))
    if (kind.is_string())
      definition->applies_to.push_back(kind.get<std::string>());
  const answer_fields looked_for(*match, "match");
  definition->field = looked_for.text("field");
  definition->pattern = looked_for.text("pattern");
  for (const auto& each : fields.list("emits"))
    definition->emits.push_back(read_emission(each));
  return definition;
}

int read_place(const answer_fields& fields, const char* name) {
  const auto number = fields.optional_count(name).value_or(0);
  return number <= static_cast<std::uint64_t>(std::numeric_limits<int>::max()) ? static_cast<int>(number) : 0;
}

rule_state require_state_of(const answer_fields& fields) {
  const auto* const state = fields.find("state");
  if (state == nullptr)
    fields.refuse("state", "an object");
  return read_state(*state);
}

} // namespace

rule_facts read_rule_facts(const ordered_json& answer) {
  const answer_fields fields(answer, "rule");
  rule_facts facts;
  facts.id = fields.text("id");
  facts.version = fields.optional_count("version");
  facts.name = text_of(fields, "name");
  facts.state = require_state_of(fields);
  facts.hits = fields.optional_count("hits");
  facts.definition = read_definition(fields, facts);
  return facts;
}

rule_finding read_rule_finding(const ordered_json& answer) {
  const answer_fields fields(answer, "finding");
  rule_finding found;
  found.place = text_of(fields, "place");
  found.what.severity =
      text_of(fields, "level") == "warning" ? finding::level::warning : finding::level::error;
  found.what.code = text_of(fields, "code");
  found.what.path = text_of(fields, "path");
  found.what.text = text_of(fields, "message");
  found.what.position.line = read_place(fields, "line");
  found.what.position.column = read_place(fields, "column");
  return found;
}

told_findings read_findings_of(const ordered_json& answer) {
  told_findings found;
  for_each_item(answer, "findings",
                [&found](const ordered_json& each) { found.shown.push_back(read_rule_finding(each)); });
  found.more = answer_fields(answer, "answer").optional_count("more_findings").value_or(0);
  return found;
}

rule_check read_rule_check(const ordered_json& answer) {
  const answer_fields fields(answer, "check");
  rule_check check;
  check.valid = fields.flag("valid");
  check.rules = fields.count("rules");
  for_each_item(answer, "files", [&check](const ordered_json& each) {
    const answer_fields file(each, "file");
    check.ids[file.text("name")] = file.text("rule");
  });
  check.findings = read_findings_of(answer);
  return check;
}

rule_copy read_rule_copy(const ordered_json& answer) {
  const answer_fields fields(answer, "copy");
  rule_copy copy;
  copy.done = {static_cast<std::size_t>(fields.count("defined")),
               static_cast<std::size_t>(fields.count("removed")),
               static_cast<std::size_t>(fields.count("unchanged"))};
  copy.complete = fields.flag("complete");
  copy.findings = read_findings_of(answer);
  return copy;
}

rule_change_row read_rule_change(const ordered_json& answer) {
  const answer_fields fields(answer, "change");
  rule_change_row change;
  change.id = fields.number("id");
  change.at = fields.time("at");
  const auto kind = parse_rule_change_kind(fields.text("kind"));
  if (!kind)
    fields.refuse("kind", "a kind of change");
  change.kind = *kind;
  change.rule = fields.text("rule");
  change.by = text_of(fields, "by");
  change.definition = fields.optional_text("definition");
  if (const auto* const state = fields.find("state"))
    change.state = read_state(*state);
  return change;
}

rule_present read_rule_present(const ordered_json& answer) {
  const answer_fields fields(answer, "rule");
  rule_present present{fields.text("rule")};
  present.definition = fields.optional_text("definition");
  present.state = require_state_of(fields);
  return present;
}

} // namespace sluice
