// Two nodes of one's own, in a graph made in C++.
//
// Run:     build/release/tests/examples/example_double_it
// Expect:  0 2 4 6 8
#include "model/graph/flow_plan.hpp"
#include "model/graph/graph_builder.hpp"
#include "runtime/embed/flow_runtime.hpp"

#include <iostream>

using namespace sluice;

struct count_to_five : node {
  int next = 0;
  produce_result produce(node_context& context, std::size_t) override {
    context.emit(0, next);
    return ++next < 5 ? produce_result::more : produce_result::done;
  }
};

struct print_doubled : node {
  void on_message(node_context&, std::size_t, message& in) override { std::cout << 2 * in.get<int>() << ' '; }
};

int main() {
  const auto numbers = graph_builder("doubles")
                           .add<count_to_five>("numbers", source_of<int>())
                           .add<print_doubled>("print", sink_of<int>())
                           .connect("numbers", "print")
                           .build();
  const auto checked = validate(numbers, node_catalog{});
  const auto summary = flow_runtime().start(checked.plan).wait();
  std::cout << '\n';
  return summary.outcome == flow_status::finished ? 0 : 1;
}
