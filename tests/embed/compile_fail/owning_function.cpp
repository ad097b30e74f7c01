// A function that cannot be copied for each start of its node.
#include "runtime/embed/flow_builder.hpp"

#include <memory>

int main() {
  sluice::flow_builder b;
  const auto numbers = b.inlet<double>("numbers");
  b.sink(numbers, "sum", [owned = std::make_unique<double>()](double number) { *owned += number; });
}
