// Asks a node for an output that its class does not declare.
#include "runtime/embed/flow_builder.hpp"

struct split : sluice::node {
  using inputs = sluice::ports<sluice::port<"in", double>>;
  using outputs = sluice::ports<sluice::port<"small", double>, sluice::port<"large", double>>;
};

int main() {
  sluice::flow_builder b;
  const auto parts = b.add<split>("parts");
  b.sink(parts.out<"huge">(), "print", [](double) {});
}
