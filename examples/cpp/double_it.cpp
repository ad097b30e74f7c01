// A node of one's own, in a graph made in C++, with typed ports. No YAML, and nothing of CAF.
//
// Run:     build/release/tests/examples/example_double_it
// Expect:  0 2 4 6 8
#include "model/graph/flow_plan.hpp"
#include "runtime/embed/flow_runtime.hpp"

#include <iostream>

namespace {

struct count_to_five : sluice::node {
  sluice::produce_result produce(sluice::node_context& context, std::size_t) override {
    context.emit(0, next_);
    return ++next_ < 5 ? sluice::produce_result::more : sluice::produce_result::done;
  }
  int next_ = 0;
};

struct double_it : sluice::node {
  void on_message(sluice::node_context& context, std::size_t, sluice::message& in) override {
    context.emit(0, in.with(2 * in.get<int>()));
  }
};

struct print : sluice::node {
  void on_message(sluice::node_context&, std::size_t, sluice::message& in) override {
    std::cout << in.get<int>() << ' ';
  }
};

/// Returns the declaration of a node of class `Node`.
template <class Node>
sluice::node_declaration declare(std::string id, sluice::node_ports ports) {
  sluice::node_declaration result;
  result.id = std::move(id);
  result.make = [] { return std::make_unique<Node>(); };
  result.ports = std::move(ports);
  return result;
}

} // namespace

int main() {
  const sluice::port_spec in{"in", sluice::port_type::of<int>()};
  const sluice::port_spec out{"out", sluice::port_type::of<int>()};
  sluice::graph graph;
  graph.nodes = {declare<count_to_five>("count", {{}, {out}}), declare<double_it>("double", {{in}, {out}}),
                 declare<print>("print", {{in}, {}})};
  graph.edges = {{{"count"}, {"double"}}, {{"double"}, {"print"}}};

  const auto checked = sluice::validate(graph, sluice::node_catalog{});
  for (const auto& finding : checked.found)
    std::cerr << to_string(finding) << '\n';
  if (checked.plan == nullptr)
    return 78;
  sluice::flow_runtime runtime;
  const auto summary = runtime.start(checked.plan).wait();
  std::cout << '\n';
  return summary.outcome == sluice::flow_status::finished ? 0 : 1;
}
