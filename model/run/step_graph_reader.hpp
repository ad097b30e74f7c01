#pragma once

#include "model/config/finding.hpp"
#include "model/message/json.hpp"
#include "model/run/run_defaults.hpp"
#include "model/run/step_catalog.hpp"
#include "model/run/step_graph.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// What a graph may not exceed.
struct step_graph_limits {
  /// Bytes of the JSON text.
  std::size_t bytes = defaults::step_graph_bytes;
  /// Steps of one graph.
  std::size_t steps = defaults::step_graph_steps;
  /// Bytes of one step's params as compact JSON.
  std::size_t params_bytes = defaults::step_params_bytes;
};

/// Returns the graph in `text` (DESIGN 4 has the form), or nothing when it has errors. Appends everything
/// that is wrong with it to `out`, each with its path (`steps.build.deps[0]`), in the order of the document;
/// what follows from a mistake is not reported beside it. Never throws for what the user wrote.
std::optional<step_graph> parse_step_graph(std::string_view text, const step_catalog& catalog, findings& out,
                                           const step_graph_limits& limits = {});

/// The same for a document that is part of another, at `path` there. Members that appear twice can only be
/// found in the text (`find_duplicate_members`); `limits.bytes` is not looked at.
std::optional<step_graph> read_step_graph(const json& document, const std::string& path,
                                          const step_catalog& catalog, findings& out,
                                          const step_graph_limits& limits = {});

/// Returns the graph in `persisted`, which was checked when it was submitted: kinds are not looked up. Throws
/// `error("store_corrupt")` when it is not as `to_json` writes it.
step_graph load_step_graph(std::string_view persisted);

} // namespace sluice
