// A node of a class of one's own that says that it gives what can be neither copied nor moved.
#include "runtime/embed/flow_builder.hpp"

struct immovable {
  immovable(const immovable&) = delete;
};

struct maker : sluice::node {
  using outputs = sluice::ports<sluice::port<"made", immovable>>;
};

int main() {
  sluice::flow_builder b;
  b.add<maker>("make");
}
