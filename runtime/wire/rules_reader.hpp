#pragma once

#include "persistence/store/rule_table.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <nlohmann/json_fwd.hpp>

namespace sluice {

/// Each reads what a server says (docs/openapi.json) and throws `error("bad_answer")` that names the member
/// which is missing or is something else.

/// With its definition, if the answer says what that says.
rule_facts read_rule_facts(const nlohmann::ordered_json& answer);
rule_finding read_rule_finding(const nlohmann::ordered_json& answer);
/// The members `findings` and `more_findings`, which an older server does not give.
told_findings read_findings_of(const nlohmann::ordered_json& answer);
rule_check read_rule_check(const nlohmann::ordered_json& answer);
rule_copy read_rule_copy(const nlohmann::ordered_json& answer);
rule_change_row read_rule_change(const nlohmann::ordered_json& answer);
rule_present read_rule_present(const nlohmann::ordered_json& answer);

} // namespace sluice
