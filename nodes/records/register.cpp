#include "nodes/registration.hpp"

namespace sluice::detail {

void register_record_nodes(node_catalog&) {}

} // namespace sluice::detail
