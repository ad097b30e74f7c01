// An inlet of what can be neither copied nor moved.
#include "runtime/embed/flow_builder.hpp"

struct immovable {
  immovable(const immovable&) = delete;
};

int main() {
  sluice::flow_builder b;
  const auto values = b.inlet<immovable>("values");
}
