#include "model/edge/edge_change.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

namespace sluice {

void check_change(const edge_change& change) {
  if (change.empty())
    throw error("bad_value", "nothing to change about the edge; give a capacity, a priority or both");
  if (change.capacity == std::size_t{0})
    throw error("bad_value", "capacity 0 lets no message through; at least 1");
  if (change.capacity && *change.capacity > defaults::edge_capacity_limit)
    throw error("bad_value", fmt::format("capacity {} is too large; at most {}", *change.capacity,
                                         defaults::edge_capacity_limit));
}

} // namespace sluice
