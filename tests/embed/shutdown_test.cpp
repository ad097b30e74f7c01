// Two runtimes and actors of the host, let go in any order.

#include "runtime/embed/host_actors.hpp"
#include "tests/embed/embed_scene.hpp"
#include "tests/support/host_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <random>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// One flow with an end of each kind.
struct wired_flow {
  std::optional<flow_builder> builder = flow_builder("wired");
  std::optional<inlet<int>> in = builder->inlet<int>("in", 4);
  std::optional<outlet<int>> out = builder->outlet(*in, "out", 2);
  caf::actor sink;
  caf::actor door;
  caf::actor feeder;
  caf::actor watcher;
  std::optional<flow> running;

  wired_flow(caf::actor_system& host, flow_runtime& runtime) {
    sink = host.spawn<host_actor>([](host_actor&) -> caf::behavior { return {[](int) {}}; });
    actor_sink(*builder, *in, "to_actor", sink, 3);
    door = inlet_actor(host, *in);
    feeder = host.spawn<host_actor>([to = door](host_actor& self) -> caf::behavior {
      feed(self, to);
      return {[](const std::string&) {}};
    });
    running = builder->start(runtime);
    watcher = flow_watcher(host, *running);
    tell_when_ended(*running, feeder);
  }

  /// Gives numbers until it is refused.
  static void feed(host_actor& self, const caf::actor& to) {
    self.request(to, caf::infinite, 1)
        .then([&self, to](const door_credit&) { feed(self, to); }, [](const caf::error&) {});
  }
};

/// A host with two runtimes, one in its system and one with a system of its own, and both at work.
struct two_runtimes {
  host_scene host;
  std::unique_ptr<flow_runtime> own = std::make_unique<flow_runtime>(runtime_options{1});
  std::unique_ptr<flow_runtime> hosted = std::make_unique<flow_runtime>(host.system(), runtime_options{});
  wired_flow first{host.system(), *own};
  wired_flow second{host.system(), *hosted};

  explicit two_runtimes(bool sharing) : host(sharing) {}

  std::vector<std::function<void()>> things() {
    std::vector<std::function<void()>> all{[this] { own.reset(); }, [this] { hosted.reset(); }};
    for (auto* each : {&first, &second}) {
      all.emplace_back([each] { each->builder.reset(); });
      all.emplace_back([each] { each->in.reset(); });
      all.emplace_back([each] { each->out.reset(); });
      all.emplace_back([each] { each->running.reset(); });
      all.emplace_back([each] { each->sink = nullptr; });
      all.emplace_back([each] { each->door = nullptr; });
      all.emplace_back([each] { each->feeder = nullptr; });
      all.emplace_back([each] { each->watcher = nullptr; });
    }
    return all;
  }
};

/// A different order for each number; some orders end the host's actors instead of letting go of them.
void shut_down(unsigned number) {
  std::mt19937 random(number);
  two_runtimes scene(number % 2 == 0);
  BOOST_TEST_CONTEXT("order " << number) {
    auto things = scene.things();
    if (random() % 3 == 0)
      things.emplace_back(
          [to = scene.first.sink] { caf::anon_send_exit(to, caf::exit_reason::user_shutdown); });
    if (random() % 3 == 0)
      things.emplace_back([to = scene.second.door] { caf::anon_send_exit(to, caf::exit_reason::kill); });
    if (random() % 3 == 0)
      things.emplace_back([to = scene.second.running] { to->stop(); });
    std::shuffle(things.begin(), things.end(), random);
    for (auto& each : things) {
      each();
      each = {};
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(shutdown)

BOOST_AUTO_TEST_CASE(two_runtimes_and_a_hosts_actors_go_in_a_thousand_orders) {
  for (unsigned number = 0; number < 1000; ++number)
    shut_down(number);
}

BOOST_AUTO_TEST_SUITE_END()
