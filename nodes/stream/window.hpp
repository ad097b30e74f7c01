#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Folds messages into one figure per key over windows that follow one another.
node_type window_type();

} // namespace sluice
