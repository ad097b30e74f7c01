#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `route`: each message to the first output whose jq program is true.
node_type route_type();

} // namespace sluice
