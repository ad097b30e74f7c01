#include "runtime/wire/rule_facts.hpp"

namespace sluice {

rule_facts facts_of(const std::string& id, const viewed_rule& seen, utc_time now) {
  rule_facts facts{id};
  if (seen.definition) {
    facts.version = seen.definition->version;
    facts.name = seen.definition->name;
    facts.definition = seen.definition;
  }
  facts.state = effective(seen.state, now);
  return facts;
}

rule_state state_of(const rule_order& order, const std::string& by, utc_time now) {
  rule_state state;
  state.mode = order.mode;
  if (order.mode == rule_mode::clipped)
    state.confidence_max = order.confidence_max;
  state.reason = order.reason;
  state.by = by;
  state.at = now;
  state.expires_at = order.until;
  if (order.lasts)
    state.expires_at = now + std::chrono::ceil<std::chrono::milliseconds>(*order.lasts);
  return state;
}

} // namespace sluice
