#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// The type `null`, alias `discard`: takes messages and does nothing with them.
node_type null_sink_type();

} // namespace sluice
