#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `json_parse`: text to the JSON document it spells.
node_type json_parse_type();

} // namespace sluice
