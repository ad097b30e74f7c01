// Joins an output of double to an input of std::string.
#include "runtime/embed/flow_builder.hpp"

#include <string>

int main() {
  sluice::flow_builder b;
  const auto numbers = b.inlet<double>("numbers");
  const sluice::in_port<std::string> print("print");
  b.connect(numbers, print);
}
