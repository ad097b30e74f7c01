#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `logfmt_parse`: text of `name=value` pairs to a JSON object.
node_type logfmt_parse_type();

} // namespace sluice
