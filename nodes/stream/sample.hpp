#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Passes a share of the messages.
node_type sample_type();

} // namespace sluice
