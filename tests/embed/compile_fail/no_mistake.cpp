// Compiles: each file beside this one is it with one mistake.
#include "runtime/embed/flow_builder.hpp"

#include <memory>
#include <string>

struct printer : sluice::node {
  using inputs = sluice::ports<sluice::port<"words", std::string>>;
};

struct split : sluice::node {
  using inputs = sluice::ports<sluice::port<"in", double>>;
  using outputs = sluice::ports<sluice::port<"small", double>, sluice::port<"large", double>>;
};

int main() {
  sluice::flow_builder b;
  const auto numbers = b.inlet<double>("numbers");
  const auto words = b.map(numbers, "words", [](double number) { return std::to_string(number); });
  const auto print = b.add<printer>("print");
  b.connect(words, print);
  const auto parts = b.add<split>("parts");
  b.connect(numbers, parts);
  const auto owned = std::make_shared<int>(2);
  b.sink(parts.out<"large">(), "sum", [owned](double number) { *owned += static_cast<int>(number); });
}
