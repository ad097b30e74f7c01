// A flow in the actor system of a program that has actors already: one of them feeds the flow, another one
// takes its results. Both belong to the program; the flow's own actors run beside them on the same workers.
//
// Run:     build/host_actor
// Expect:  the sum of the squares of 1 to 10000 is 333383335000
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <sluice/flow.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>

using namespace std::chrono_literals;

namespace {

using go_on = caf::atom_constant<caf::atom("go_on")>;
using sum_is = caf::atom_constant<caf::atom("sum_is")>;

constexpr std::int64_t numbers_in_all = 10'000;
/// A handler gives the worker back after so many, and when the flow has no room or nothing to take: an actor
/// must not wait.
constexpr int at_a_time = 100;

/// Pushes 1, 2, 3, … into the flow, as fast as it takes them.
caf::behavior counting(caf::event_based_actor* self, const sluice::inlet<std::int64_t>& numbers) {
  auto next = std::make_shared<std::int64_t>(1);
  return {[=](go_on) {
    for (int i = 0; i < at_a_time; ++i) {
      if (*next > numbers_in_all) {
        numbers.close();
        self->quit();
        return;
      }
      if (!numbers.try_push(*next)) {
        self->delayed_send(self, 1ms, go_on::value);
        return;
      }
      ++*next;
    }
    self->send(self, go_on::value);
  }};
}

/// Adds up what comes out of the flow, and tells `whom` when it has ended.
caf::behavior adding(caf::event_based_actor* self, const sluice::outlet<std::int64_t>& squares,
                     const caf::actor& whom) {
  auto sum = std::make_shared<std::int64_t>(0);
  return {[=](go_on) {
    for (int i = 0; i < at_a_time; ++i) {
      if (const auto square = squares.try_pull()) {
        *sum += *square;
      } else if (squares.ended()) {
        self->send(whom, sum_is::value, *sum);
        self->quit();
        return;
      } else {
        self->delayed_send(self, 1ms, go_on::value);
        return;
      }
    }
    self->send(self, go_on::value);
  }};
}

/// Returns the sum, or 0 when it did not come in time.
std::int64_t sum_of_squares(caf::actor_system& system) {
  // Declared before the runtime, so that it outlives that; the runtime in turn ends before the system.
  sluice::flow_builder b("squares");
  const auto numbers = b.inlet<std::int64_t>("numbers", 256);
  const auto squared = b.map(numbers, "square", [](std::int64_t number) { return number * number; });
  const auto squares = b.outlet(squared, "squares", 256);

  sluice::flow_runtime runtime(system, {});
  const auto running = b.start(runtime);

  caf::scoped_actor self(system);
  caf::anon_send(system.spawn(counting, numbers), go_on::value);
  caf::anon_send(system.spawn(adding, squares, caf::actor_cast<caf::actor>(self)), go_on::value);

  std::int64_t sum = 0;
  self->receive([&](sum_is, std::int64_t all) { sum = all; }, caf::after(60s) >> [] {});
  return running.wait().outcome == sluice::flow_status::finished ? sum : 0;
}

} // namespace

int main() {
  caf::actor_system_config config;
  caf::actor_system system(config);
  const auto sum = sum_of_squares(system);
  std::cout << "the sum of the squares of 1 to " << numbers_in_all << " is " << sum << '\n';
  return sum == numbers_in_all * (numbers_in_all + 1) * (2 * numbers_in_all + 1) / 6 ? 0 : 1;
}
