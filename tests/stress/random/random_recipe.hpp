#pragma once

#include "tests/stress/random/graph_recipe.hpp"

#include <cstdint>

namespace sluice::stress {

/// Returns the valid graph that belongs to `seed`: up to 200 nodes in layers without a layer, edges of all
/// policies, and in some graphs feedback.
graph_recipe random_recipe(std::uint64_t seed);

} // namespace sluice::stress
