// Lets actors of the host give an inlet what CAF was not told of.
#include "runtime/embed/host_actors.hpp"

struct unknown_to_caf {
  int number = 0;
};

void feed(caf::actor_system& system) {
  sluice::flow_builder b;
  const auto values = b.inlet<unknown_to_caf>("values");
  const auto door = sluice::inlet_actor(system, values);
}

int main() {}
