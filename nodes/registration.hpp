#pragma once

#include "model/node/node_catalog.hpp"

#include <memory>

namespace sluice {
class rule_places;
}

namespace sluice::detail {

/// Each adds the types of one folder below nodes/.
void register_io_nodes(node_catalog& catalog);
void register_record_nodes(node_catalog& catalog);
void register_rule_nodes(node_catalog& catalog, std::shared_ptr<rule_places> places);
void register_stream_nodes(node_catalog& catalog);

} // namespace sluice::detail
