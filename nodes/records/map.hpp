#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `map`: each message to the results of a jq program.
node_type map_type();

} // namespace sluice
