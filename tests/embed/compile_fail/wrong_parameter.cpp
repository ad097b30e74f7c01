// Gives doubles to a function of std::string.
#include "runtime/embed/flow_builder.hpp"

#include <string>

int main() {
  sluice::flow_builder b;
  const auto numbers = b.inlet<double>("numbers");
  b.sink(numbers, "print", [](const std::string&) {});
}
