#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `format`: each message to text, by a template with jq in its holes.
node_type format_type();

} // namespace sluice
