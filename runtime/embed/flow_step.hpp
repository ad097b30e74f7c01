#pragma once

#include "model/config/finding.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/message/json.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "steps/step_runner.hpp"

#include <functional>
#include <memory>
#include <string>

namespace sluice {

/// What the `flow` kind of step needs from its surroundings.
struct flow_step_parts {
  /// Returns the plan of `params.graph`, or nothing; appends what is wrong, with paths below `path`.
  std::function<std::shared_ptr<const flow_plan>(const json& graph, const std::string& path, findings& out)>
      load = {};
  /// Returns the runtime in which flows run; it outlives every step.
  std::function<flow_runtime&()> runtime = {};
};

/// Returns the kind `flow`: a whole graph, run to completion inside one step. Params: `graph`, a document as
/// in a graph file. Its result is the flow's summary: outcome, what was discarded, and the counters of nodes
/// and edges. A pause lets the flow stand still between two batches; a cancel drains it within the grace
/// period, then aborts it.
step_type flow_step(flow_step_parts parts);

} // namespace sluice
