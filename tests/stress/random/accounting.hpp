#pragma once

#include "model/flow/flow_snapshot.hpp"
#include "model/graph/flow_plan.hpp"
#include "tests/stress/random/graph_recipe.hpp"
#include "tests/stress/random/node_ledger.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::stress {

/// What was found wrong, one line each; empty when all is well.
using complaints = std::vector<std::string>;

/// Appends what is wrong with one snapshot of a running flow: edges that do not balance, and counters that
/// went back since `before` (which may be empty).
void check_running(const flow_snapshot& before, const flow_snapshot& now, complaints& out);

/// What the test did to a flow, as far as it matters for its end.
struct treatment {
  bool stopped = false;
  bool aborted = false;
  /// Control messages that `send_control` took, by node.
  std::vector<std::uint64_t> controls = {};
};

/// Everything there is to know about a flow that has ended.
struct ended_flow {
  const graph_recipe& recipe;
  const flow_plan& plan;
  const flow_ledger& books;
  const flow_summary& summary;
  const treatment& treated;

  /// Nothing was cut off: all counts must be those of the books. A deadline that passes when nothing is left
  /// to discard may still cut off control messages: then there is a reason.
  bool complete() const { return summary.outcome == flow_status::finished && summary.reason.empty(); }
};

/// Appends what is wrong with the end: the outcome, edges that do not balance or are not empty, messages
/// missing on a lossless edge, and nodes whose counters are not what their own books and their edges say.
void check_ended(const ended_flow& ended, complaints& out);

/// Returns all counters as a table.
std::string to_string(const flow_snapshot& all);

} // namespace sluice::stress
