#include "nodes/records/merge.hpp"

namespace sluice {

namespace {

class merge final : public node {
public:
  void on_message(node_context& context, std::size_t, message& in) override {
    context.emit(0, std::move(in));
  }
};

} // namespace

node_type merge_type() {
  node_type type;
  type.name = "merge";
  type.category = "transform";
  type.summary = "Joins several edges into one.";
  type.description = "Any number of edges may lead into the input; every message goes on as it came. Edges "
                     "of one priority take turns; "
                     "each edge's messages keep their order, and there is no order between edges. It ends "
                     "when all of them have ended.";
  type.ports.inputs = {{input_port, port_type::any(), "any messages, from any number of edges"}};
  type.ports.outputs = {{output_port, port_type::any(), "the same messages"}};
  type.example = "{ type: merge }";
  type.make = [](const options&) { return std::make_unique<merge>(); };
  return type;
}

} // namespace sluice
