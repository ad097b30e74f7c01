#pragma once

#include "model/config/config_value.hpp"

#include <string_view>

namespace sluice {

/// Returns `root` with the value at a path replaced, as `--set path=value` asks: `nodes.read.path=/tmp/x`,
/// `edges[0].capacity=10` (an edge written as `a -> b` becomes a map for it). The last name may be new to its
/// map; everything before it must exist. The value is a scalar, or YAML when it begins with `[` or `{`.
/// Throws `error("bad_assignment")` that names the part that is wrong.
config_value assign(const config_value& root, std::string_view assignment);

} // namespace sluice
