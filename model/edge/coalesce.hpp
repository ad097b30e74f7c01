#pragma once

#include "model/edge/policy.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Returns the built-in merge function called `name`, or an empty function. `sum min max` take numbers (C++ integers and
/// doubles, JSON numbers, text that is a number); `count` turns any message into how many it stands for (JSON); `first`
/// keeps the queued, `last` the incoming; `concat` joins text by a line end and JSON arrays; `merge` joins JSON objects,
/// the incoming one's members winning. A pair that does not fit throws `error("cannot_coalesce")`.
coalesce_function find_coalesce(std::string_view name);

/// `sum min max count first last concat merge`.
std::vector<std::string> coalesce_names();

} // namespace sluice
