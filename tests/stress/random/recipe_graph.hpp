#pragma once

#include "model/graph/graph.hpp"
#include "tests/stress/random/graph_recipe.hpp"
#include "tests/stress/random/node_ledger.hpp"

#include <memory>

namespace sluice::stress {

/// Returns fresh books for a flow of `recipe`.
flow_ledger make_ledger(const graph_recipe& recipe);

/// Returns the graph; its nodes write `books`.
graph build(const std::shared_ptr<const graph_recipe>& recipe, const flow_ledger& books);

} // namespace sluice::stress
