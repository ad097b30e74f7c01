// Generates from a function that cannot say that it is at its end.
#include "runtime/embed/flow_builder.hpp"

int main() {
  sluice::flow_builder b;
  const auto numbers = b.generate("numbers", [] { return 1; });
}
