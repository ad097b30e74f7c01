#pragma once

#include "model/node/node_type.hpp"
#include "model/rules/rules_in_force.hpp"

#include <memory>

namespace sluice {

/// Returns the type `rules`: tags the records that an operator's rules match. Its nodes get their rules from
/// `places` when they start; without any, starting throws `error("no_rule_places")`.
node_type rules_type(std::shared_ptr<rule_places> places);

} // namespace sluice
