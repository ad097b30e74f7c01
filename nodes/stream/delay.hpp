#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Passes each message a fixed time after it came.
node_type delay_type();

} // namespace sluice
