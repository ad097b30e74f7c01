#include "model/graph/flow_plan.hpp"

#include "model/graph/plan_builder.hpp"

namespace sluice {

validation validate(const graph& source, const node_catalog& catalog) {
  return plan_builder(source, catalog).build();
}

} // namespace sluice
