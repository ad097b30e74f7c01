// The least program of flows: what it links must bring neither a database nor HTTP.
#include <sluice/flow.hpp>

#include <iostream>
#include <optional>

int main() {
  sluice::flow_builder b("doubles");
  const auto numbers = b.generate("numbers", [next = 0]() mutable -> std::optional<int> {
    return next < 5 ? std::optional(next++) : std::nullopt;
  });
  const auto doubled = b.map(numbers, "double", [](int number) { return 2 * number; });
  b.sink(doubled, "print", [](int number) { std::cout << number << ' '; });
  sluice::flow_runtime runtime;
  const auto summary = b.start(runtime).wait();
  std::cout << '\n';
  return summary.outcome == sluice::flow_status::finished ? 0 : 1;
}
