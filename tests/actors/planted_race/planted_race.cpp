// A program with a data race between two nodes, on purpose: the thread sanitizer must find it although CAF's
// library is not instrumented. Built and run in tsan builds only; the test passes when the report comes.

#include "runtime/embed/flow_runtime.hpp"
#include "tests/support/function_nodes.hpp"

#include <cstdio>

using namespace sluice;
using namespace sluice::testing;

int main() {
  std::uint64_t shared = 0;
  const auto touch = [&shared](node_context&, std::size_t, message&) { ++shared; };
  graph made;
  made.nodes = {source_declaration("a", 100'000), source_declaration("b", 100'000),
                sink_declaration("first", touch), sink_declaration("second", touch)};
  // Threads of their own, so that the two really meet.
  made.nodes[2].execution = made.nodes[3].execution = execution_kind::blocking;
  made.edges = {edge_between("a", "first"), edge_between("b", "second")};
  const auto checked = validate(made, node_catalog{});
  flow_runtime runtime;
  (void)runtime.start(checked.plan).wait();
  std::printf("%llu\n", static_cast<unsigned long long>(shared));
  return 0;
}
