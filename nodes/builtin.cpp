#include "nodes/builtin.hpp"

#include "nodes/registration.hpp"

namespace sluice {

void register_builtin_nodes(node_catalog& catalog) {
  detail::register_io_nodes(catalog);
  detail::register_record_nodes(catalog);
  detail::register_stream_nodes(catalog);
}

} // namespace sluice
