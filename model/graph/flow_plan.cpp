#include "model/graph/flow_plan.hpp"

#include "model/base/error.hpp"
#include "model/config/suggestion.hpp"
#include "model/graph/plan_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

template <class Planned>
std::size_t require(const std::vector<Planned>& all, std::string_view id, const char* what,
                    const std::string& flow) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Planned& each) { return each.id == id; });
  if (found != all.end())
    return static_cast<std::size_t>(found - all.begin());
  std::vector<std::string> names;
  for (const auto& each : all)
    names.push_back(each.id);
  throw error(fmt::format("unknown_{}", what), fmt::format("the flow '{}' has no {} '{}'{}", flow, what,
                                                           id.substr(0, 300), suggest(id, names)));
}

} // namespace

std::size_t require_node(const flow_plan& plan, std::string_view id) {
  return require(plan.nodes(), id, "node", plan.name());
}

std::size_t require_edge(const flow_plan& plan, std::string_view id) {
  return require(plan.edges(), id, "edge", plan.name());
}

validation validate(const graph& source, const node_catalog& catalog) {
  return plan_builder(source, catalog).build();
}

} // namespace sluice
