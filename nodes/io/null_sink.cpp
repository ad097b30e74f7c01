#include "nodes/io/null_sink.hpp"

#include "nodes/io/io_options.hpp"

namespace sluice {

namespace {

struct null_sink final : node {
  void on_message(node_context&, std::size_t, message&) override {}
};

} // namespace

node_type null_sink_type() {
  node_type type;
  type.name = "null";
  type.alias = "discard";
  type.category = "sink";
  type.summary = "Takes every message and does nothing with it.";
  type.description = "Counts as delivery: its `in` says how many messages came. Useful for measuring and for "
                     "outputs that nobody needs.";
  type.ports.inputs = {{input_port, port_type::any(), "Anything."}};
  type.example = "{ type: null }";
  type.make = [](const options&) { return std::make_unique<null_sink>(); };
  return type;
}

} // namespace sluice
