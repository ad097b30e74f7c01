#pragma once

#include "runtime/http/http_message.hpp"
#include "runtime/wire/rule_facts.hpp"

namespace sluice {

/// Returns what the body of a request wants a rule's state to be. Throws as `require_json`, and
/// `error("bad_value")` that names the member.
rule_order read_rule_order(const http_request& request);

} // namespace sluice
