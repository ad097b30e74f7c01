#include "nodes/registration.hpp"
#include "nodes/rules/rules_node.hpp"

#include <utility>

namespace sluice::detail {

void register_rule_nodes(node_catalog& catalog, std::shared_ptr<rule_places> places) {
  catalog.add(rules_type(std::move(places)));
}

} // namespace sluice::detail
