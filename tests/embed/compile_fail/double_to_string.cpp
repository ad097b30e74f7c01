// Joins an output of double to an input of std::string.
#include "runtime/embed/flow_builder.hpp"

#include <string>

struct printer : sluice::node {
  using inputs = sluice::ports<sluice::port<"words", std::string>>;
};

int main() {
  sluice::flow_builder b;
  const auto numbers = b.inlet<double>("numbers");
  const auto print = b.add<printer>("print");
  b.connect(numbers, print);
}
