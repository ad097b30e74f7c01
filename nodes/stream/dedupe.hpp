#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Passes the first message of each key.
node_type dedupe_type();

} // namespace sluice
