#pragma once

#include "model/config/finding.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/node/node_catalog.hpp"
#include "runtime/config/environment.hpp"

#include <memory>
#include <string>

namespace sluice {

/// A graph that somebody wants a server to run.
struct flow_submission {
  std::string yaml;
  /// Where it was read from: what it is called in findings, and where files that it includes are looked for.
  /// Empty: it came by the network, and may read neither files to include nor the environment.
  std::string file = {};
  /// Instead of the graph's own name; empty: that.
  std::string name = {};
  /// May have nodes that start programs, open files or call servers.
  bool allow_execution = false;
};

/// What became of it: a plan, unless a finding is an error.
struct admitted_flow {
  std::shared_ptr<const flow_plan> plan;
  findings found;
};

/// Reads and validates a graph, and looks at what its nodes touch (`node_reach`): standard streams are the
/// server's own and always NOT_ALLOWED. Takes time in proportion to the graph. Any thread. Throws
/// `error("bad_name")`.
admitted_flow admit_flow(const flow_submission& submission, const node_catalog& nodes,
                         const environment_lookup& environment);

} // namespace sluice
