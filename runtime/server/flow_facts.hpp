#pragma once

#include "runtime/server/flow_keeper.hpp"
#include "runtime/wire/flows_json.hpp"

namespace sluice {

/// Returns what a list tells of `flow` now.
inline flow_facts facts_of(const kept_flow& flow) {
  return {flow.id, flow.name, flow.status(), flow.by, flow.started_at, flow.ended_at};
}

} // namespace sluice
