#include "model/node/node.hpp"

namespace sluice {

void node::on_message(node_context&, std::size_t, message&) {
  throw error("no_handler", "this node takes no messages; it is a source");
}

} // namespace sluice
