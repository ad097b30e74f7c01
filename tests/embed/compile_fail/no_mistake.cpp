// Compiles: each file beside this one is it with one mistake.
#include "runtime/embed/flow_builder.hpp"

#include <memory>
#include <string>

int main() {
  sluice::flow_builder b;
  const auto numbers = b.inlet<double>("numbers");
  const auto words = b.map(numbers, "words", [](double number) { return std::to_string(number); });
  const sluice::in_port<std::string> print("print");
  b.connect(words, print);
  const auto owned = std::make_shared<int>(2);
  b.sink(numbers, "sum", [owned](double number) { *owned += static_cast<int>(number); });
}
