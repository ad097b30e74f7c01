#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `merge`: several edges into one.
node_type merge_type();

} // namespace sluice
