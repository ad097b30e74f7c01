// Sends a payload to an actor of the host that CAF was not told of.
#include "runtime/embed/host_actors.hpp"

struct unknown_to_caf {
  int number = 0;
};

int main() {
  sluice::flow_builder b;
  const auto values = b.inlet<unknown_to_caf>("values");
  sluice::actor_sink(b, values, "out", caf::actor());
}
