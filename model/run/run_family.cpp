#include "model/run/run_family.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace sluice {

std::vector<uuid> cancel_cascade(const uuid& cancelled, const std::vector<run_relation>& runs) {
  std::unordered_map<uuid, std::vector<const run_relation*>> children;
  for (const auto& run : runs)
    if (!run.parent.empty())
      children[run.parent].push_back(&run);
  std::vector<uuid> result;
  std::unordered_set<uuid> seen{cancelled};
  for (std::vector<uuid> generation{cancelled}; !generation.empty();) {
    std::vector<const run_relation*> next;
    for (const auto& parent : generation)
      for (const auto* child : children[parent])
        if (seen.insert(child->id).second)
          next.push_back(child);
    std::sort(next.begin(), next.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    generation.clear();
    for (const auto* child : next) {
      generation.push_back(child->id);
      if (!is_terminal(child->status) && child->status != run_status::cancelling)
        result.push_back(child->id);
    }
  }
  return result;
}

} // namespace sluice
