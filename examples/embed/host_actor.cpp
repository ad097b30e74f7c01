// A program with actors of its own puts two of them at the ends of a flow: one gives orders, as many as the
// flow has room for; the other gets what they come to, at most eight at a time that it has not answered. A
// third watches the flow. All of them are plain CAF actors, and the flow runs in their system.
//
// Run:     build/host_actor
// Expect:  the flow finished, and 1000 orders worth 499500
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <sluice/host_actors.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

using namespace sluice;

struct order {
  int number = 0;
};
struct priced_order {
  int number = 0;
  int price = 0;
};

// What CAF asks of a type that its actors send each other, and only in this process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(priced_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<order>)

/// Gives order `number`, and the next when the flow has room for it; then it goes.
void give(caf::event_based_actor* self, const caf::actor& to, int number) {
  if (number == 1000)
    return self->quit();
  self->request(to, caf::infinite, order{number})
      .then([=](const door_credit&) { give(self, to, number + 1); },
            [=](const caf::error& why) { self->quit(why); });
}

caf::behavior desk(caf::event_based_actor* self, const caf::actor& to) {
  give(self, to, 0);
  return {[](const std::string&) {}};
}

struct totals {
  int count = 0;
  int worth = 0;
};

/// Adds up. Each return of the handler is the answer that gives a message's credit back.
caf::behavior ledger(caf::event_based_actor*, const std::shared_ptr<totals>& into) {
  return {[into](const priced_order& in) {
    ++into->count;
    into->worth += in.price;
  }};
}

/// Ends when the flow that it monitors has.
caf::behavior supervisor(caf::event_based_actor* self, const caf::actor& watched) {
  self->set_down_handler([self](const caf::down_msg& down) {
    std::cout << (down.reason ? "the flow failed" : "the flow finished") << '\n';
    self->quit();
  });
  self->monitor(watched);
  return {[](const std::string&) {}};
}

int main() {
  caf::actor_system_config config;
  caf::actor_system system(config);
  flow_runtime runtime(system, {});

  // Only the ledger touches it, and this program when the flow has ended: when everything was answered.
  const auto sum = std::make_shared<totals>();
  flow_builder b("orders");
  const auto orders = b.inlet<order>("orders", 64);
  const auto priced = b.map(orders, "price", [](const order& in) {
    return priced_order{in.number, in.number};
  });
  actor_sink(b, priced, "ledger", system.spawn(ledger, sum), 8);

  const auto running = b.start(runtime);
  const auto watching = system.spawn(supervisor, flow_watcher(system, running));
  const auto door = inlet_actor(system, orders);
  close_with(door, system.spawn(desk, door));

  const auto summary = running.wait();
  caf::scoped_actor self(system);
  self->wait_for(watching);
  std::cout << sum->count << " orders worth " << sum->worth << '\n';
  return summary.outcome == flow_status::finished ? 0 : 1;
}
