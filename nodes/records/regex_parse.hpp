#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `regex_parse`: text to a JSON object of a pattern's named groups.
node_type regex_parse_type();

} // namespace sluice
