#pragma once

#include "tests/stress/random/accounting.hpp"

#include <cstddef>

namespace sluice::stress {

/// Appends what is wrong with node number `index` of a flow that has ended: every counter of the runtime has
/// its counterpart in the node's own books, or in the edges around it.
void check_node(const ended_flow& ended, std::size_t index, complaints& out);

} // namespace sluice::stress
