#pragma once

#include "model/edge/policy.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Returns the built-in merge function called `name`, or an empty function.
/// `sum min max` take numbers (C++ integers and doubles, JSON numbers, text that is a number): a sum keeps
/// the queued one's form and envelope and is exact for whole numbers; the least or greatest keeps its own
/// message. `count` turns any message into how many it stands for, as the JSON `{"count": n}`; a message that
/// was never merged leaves as it came. `first` keeps the queued, `last` the incoming message. `concat` joins
/// text by a line end, up to `defaults::line_limit` bytes, and JSON arrays; `merge` joins JSON objects, the
/// incoming one's members winning; both up to 10,000 items. A pair that does not fit, or whose result does
/// not, throws `error("cannot_coalesce")` and leaves the queued message as it was.
coalesce_function find_coalesce(std::string_view name);

/// `sum min max count first last concat merge`.
std::vector<std::string> coalesce_names();

} // namespace sluice
