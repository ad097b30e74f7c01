#pragma once

#include <string_view>

namespace sluice {

/// Throws `error("would_block_worker")` inside a handler of a cooperative node, which holds a worker while it
/// waits, and where a host is called on whom the flow waits. `awaited`: what for; `instead`: what to do.
void refuse_to_hold_worker(std::string_view awaited, std::string_view instead);

} // namespace sluice
