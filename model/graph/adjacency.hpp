#pragma once

#include "model/graph/flow_plan.hpp"

#include <cstddef>
#include <vector>

namespace sluice::detail {

/// The edges that leave each node, packed; those of a node are in the order of the edges.
class adjacency {
public:
  /// An edge as graph algorithms see it.
  struct link {
    std::size_t from = 0;
    std::size_t to = 0;
    bool feedback = false;
  };

  adjacency(std::size_t nodes, const std::vector<link>& links);

  std::size_t nodes() const noexcept { return first_.size() - 1; }
  /// The edges that leave `node` are `edge(i)` for `i` in `[first(node), first(node + 1))`.
  std::size_t first(std::size_t node) const noexcept { return first_[node]; }
  std::size_t edge(std::size_t i) const noexcept { return edges_[i]; }

private:
  std::vector<std::size_t> first_;
  std::vector<std::size_t> edges_;
};

} // namespace sluice::detail
