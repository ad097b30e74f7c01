#pragma once

#include "model/run/step_graph.hpp"
#include "persistence/store/store.hpp"

#include <vector>

namespace sluice {

/// Everything about one run at one moment.
struct run_view {
  /// The run itself.
  run_row row;
  /// What it does.
  step_graph graph;
  /// As submitted.
  json params;
  /// In the order of the graph's document; steps without an attempt are pending.
  std::vector<step_row> steps;
  /// Oldest first.
  std::vector<command_row> commands;
  /// Who owns it, and until when.
  lease_record lease;
};

/// Inside a transaction: returns everything about one run. Throws `error("not_found")`, and
/// `error("store_corrupt")` when its rows contradict each other.
run_view view_run(store& in, const uuid& run);

} // namespace sluice
