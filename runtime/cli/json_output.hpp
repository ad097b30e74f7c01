#pragma once

#include "model/flow/flow_snapshot.hpp"
#include "model/node/node_type.hpp"
#include "runtime/config/graph_loader.hpp"

#include <string>
#include <vector>

namespace sluice {

/// Each returns one JSON document on one line, without a line feed. Bytes that are not UTF-8 become U+FFFD.

/// What `run --summary json` prints; docs/configuration.md describes it.
std::string summary_json(const flow_summary& summary);
/// What `validate --format json` prints.
std::string findings_json(const std::vector<loaded_graph>& files);
/// What `nodes --format json` prints.
std::string node_types_json(const std::vector<const node_type*>& types);

} // namespace sluice
