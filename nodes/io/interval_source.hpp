#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// The type `interval`: one message per period.
node_type interval_source_type();

} // namespace sluice
