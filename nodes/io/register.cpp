#include "nodes/registration.hpp"

namespace sluice::detail {

void register_io_nodes(node_catalog&) {}

} // namespace sluice::detail
