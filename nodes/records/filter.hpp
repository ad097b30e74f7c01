#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `filter`: passes on the messages for which a jq program is true.
node_type filter_type();

} // namespace sluice
