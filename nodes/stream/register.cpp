#include "nodes/registration.hpp"

namespace sluice::detail {

void register_stream_nodes(node_catalog&) {}

} // namespace sluice::detail
