#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Folds all messages into one figure per key; tells it at the end or periodically.
node_type aggregate_type();

} // namespace sluice
