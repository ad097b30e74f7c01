// Sends an actor of the host a container of what cannot be copied; it says of itself that it can be.
#include "runtime/embed/host_actors.hpp"

#include <memory>
#include <vector>

using batch = std::vector<std::unique_ptr<int>>;
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(batch)

int main() {
  sluice::flow_builder b;
  const auto values = b.inlet<batch>("values");
  sluice::actor_sink(b, values, "out", caf::actor());
}
