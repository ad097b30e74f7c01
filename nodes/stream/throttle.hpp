#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Lets messages through at a bounded rate and pushes back on the rest.
node_type throttle_type();

} // namespace sluice
