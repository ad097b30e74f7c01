#pragma once

#include "model/node/node_catalog.hpp"

#include <memory>

namespace sluice {

class rule_places;

/// Adds every built-in node type to `catalog`. `sluice nodes` lists them. `places` is where nodes of type
/// `rules` get their rules when they start; without it they can be validated, not run.
void register_builtin_nodes(node_catalog& catalog, std::shared_ptr<rule_places> places = nullptr);

} // namespace sluice
