#include "nodes/builtin.hpp"

#include "nodes/registration.hpp"

#include <utility>

namespace sluice {

void register_builtin_nodes(node_catalog& catalog, std::shared_ptr<rule_places> places) {
  detail::register_io_nodes(catalog);
  detail::register_record_nodes(catalog);
  detail::register_rule_nodes(catalog, std::move(places));
  detail::register_stream_nodes(catalog);
}

} // namespace sluice
