#include "model/graph/adjacency.hpp"

namespace sluice::detail {

adjacency::adjacency(std::size_t nodes, const std::vector<link>& links)
    : first_(nodes + 1), edges_(links.size()) {
  for (const auto& one : links)
    ++first_[one.from + 1];
  for (std::size_t node = 0; node < nodes; ++node)
    first_[node + 1] += first_[node];
  auto next = first_;
  for (std::size_t i = 0; i < links.size(); ++i)
    edges_[next[links[i].from]++] = i;
}

} // namespace sluice::detail
