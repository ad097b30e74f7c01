// Pushes what cannot be copied out of a vector that it keeps.
#include "runtime/embed/flow_builder.hpp"

#include <memory>
#include <vector>

int main() {
  sluice::flow_builder b;
  const auto values = b.inlet<std::unique_ptr<int>>("values");
  std::vector<std::unique_ptr<int>> some(3);
  (void)values.try_push(some);
}
