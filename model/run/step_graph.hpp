#pragma once

#include "model/message/json.hpp"
#include "model/run/retry_policy.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One unit of a run, as submitted.
struct step_spec {
  std::string id;
  /// The name of a step kind, e.g. `exec`.
  std::string kind;
  /// Ids of the steps that must have succeeded before this one begins.
  std::vector<std::string> deps = {};
  /// A JSON object; its strings may refer to results of steps before this one (`step_reference`).
  json params = {};
  retry_policy retry = {};
  /// Time limit of one attempt; none: as long as it takes.
  std::optional<std::chrono::milliseconds> timeout = {};
};

/// What a run does: a DAG of steps. Made by `parse_step_graph`, which finds everything wrong with it.
struct step_graph {
  /// The version of the persisted form that this build writes, and the only one it reads.
  static constexpr int version = 1;

  /// In the order of the document.
  std::vector<step_spec> steps;
  /// The step that goes first among those that are ready.
  std::optional<std::string> entry_step;

  /// Returns the step called `id`, or nullptr.
  const step_spec* find(std::string_view id) const noexcept;
};

/// Returns the persisted form: `{"version": 1, "steps": {…}, "entry_step": …}`, without what has its default.
/// Reading it again gives an equal graph.
json to_json(const step_graph& graph);

/// Equal when the persisted forms are.
bool operator==(const step_graph& a, const step_graph& b);

} // namespace sluice
