#pragma once

#include "model/node/node_catalog.hpp"

namespace sluice {

/// Adds every built-in node type to `catalog`. `sluice nodes` lists them.
void register_builtin_nodes(node_catalog& catalog);

} // namespace sluice
