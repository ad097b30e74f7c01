// Takes a node of two outputs for one of them.
#include "runtime/embed/flow_builder.hpp"

struct split : sluice::node {
  using inputs = sluice::ports<sluice::port<"numbers", double>, sluice::port<"limit", int>>;
  using outputs = sluice::ports<sluice::port<"small", double>, sluice::port<"large", double>>;
};

int main() {
  sluice::flow_builder b;
  const auto parts = b.add<split>("parts");
  b.sink(parts, "print", [](double) {});
}
