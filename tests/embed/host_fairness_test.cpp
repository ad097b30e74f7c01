// On a host's work-stealing system, flows leave room for the host's own actors, and for each other.
// Counted in messages, never in seconds.

#include "runtime/embed/host_actors.hpp"
#include "tests/embed/embed_scene.hpp"
#include "tests/support/host_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <optional>

using namespace sluice;
using namespace sluice::testing;

namespace {

constexpr std::size_t chains = 3;

/// Three saturated flows into actors of the host, on two workers that steal.
struct crowded_host {
  std::array<std::atomic<std::uint64_t>, chains> counts{};
  host_scene host;
  flow_runtime runtime{host.system(), {}};
  std::vector<flow> running;

  crowded_host() {
    for (std::size_t i = 0; i < chains; ++i) {
      flow_builder b("chain-" + std::to_string(i));
      const auto endless = b.generate("numbers", [] { return std::optional<int>(1); });
      const auto sink = host.system().spawn<host_actor>([count = &counts[i]](host_actor&) -> caf::behavior {
        return {[count](int) { count->fetch_add(1, std::memory_order_relaxed); }};
      });
      actor_sink(b, endless, "sink", sink, 16);
      running.push_back(b.start(runtime));
    }
  }
  ~crowded_host() {
    for (const auto& each : running)
      each.abort("enough");
    for (const auto& each : running)
      BOOST_TEST(each.wait_for(patience).has_value());
  }

  std::uint64_t least() const {
    return *std::min_element(counts.begin(), counts.end(),
                             [](const auto& a, const auto& b) { return a.load() < b.load(); });
  }
  std::array<std::uint64_t, chains> seen() const {
    std::array<std::uint64_t, chains> result{};
    std::copy(counts.begin(), counts.end(), result.begin());
    return result;
  }
  void await(const std::function<bool()>& look) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!look() && std::chrono::steady_clock::now() < end)
      (void)running.front().wait_for(std::chrono::milliseconds{1});
    BOOST_TEST(look());
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(fairness_on_a_host)

BOOST_AUTO_TEST_CASE(none_of_several_saturated_flows_into_actors_starves) {
  crowded_host scene;
  // Each begins in its own time; from then on they share the workers.
  scene.await([&] { return scene.least() > 0; });
  const auto begun = scene.seen();
  std::array<std::uint64_t, chains> since{};
  scene.await([&] {
    const auto now = scene.seen();
    std::transform(now.begin(), now.end(), begun.begin(), since.begin(), std::minus<>());
    return *std::max_element(since.begin(), since.end()) > 50'000;
  });
  const auto [least, most] = std::minmax_element(since.begin(), since.end());
  BOOST_TEST(*least * 20 > *most);
}

BOOST_AUTO_TEST_CASE(an_actor_of_the_host_is_served_beside_saturated_flows) {
  crowded_host scene;
  scene.await([&] { return scene.least() > 0; });
  const auto pings = std::make_shared<gathering<int>>();
  const auto bystander = scene.host.system().spawn<host_actor>(
      [pings](host_actor&) -> caf::behavior { return {[pings](int number) { pings->put(number); }}; });
  for (int i = 0; i < 100; ++i) {
    caf::anon_send(bystander, i);
    BOOST_REQUIRE(pings->wait_for(static_cast<std::size_t>(i) + 1));
  }
}

BOOST_AUTO_TEST_CASE(a_feeder_and_its_inlet_leave_room_for_others) {
  host_scene host(false, 1);
  flow_runtime runtime(host.system(), {});
  flow_builder b("fed");
  const auto numbers = b.inlet<int>("numbers", 4);
  b.sink(numbers, "seen", [](int) {});
  const auto running = b.start(runtime);
  const auto door = inlet_actor(host.system(), numbers);
  const std::function<void(host_actor&)> feed = [&](host_actor& self) {
    self.request(door, caf::infinite, 1)
        .then([&](const door_credit&) { feed(self); }, [](const caf::error&) {});
  };
  const auto feeder = host.system().spawn<host_actor>([&](host_actor& self) -> caf::behavior {
    feed(self);
    return {[](const std::string&) {}};
  });
  const auto pings = std::make_shared<gathering<int>>();
  const auto bystander = host.system().spawn<host_actor>(
      [pings](host_actor&) -> caf::behavior { return {[pings](int number) { pings->put(number); }}; });
  for (int i = 0; i < 100; ++i) {
    caf::anon_send(bystander, i);
    BOOST_REQUIRE(pings->wait_for(static_cast<std::size_t>(i) + 1));
  }
  numbers.close();
  BOOST_TEST(running.wait_for(patience).has_value());
  caf::anon_send_exit(feeder, caf::exit_reason::kill);
  caf::scoped_actor self(host.system());
  self->wait_for(feeder);
}

BOOST_AUTO_TEST_SUITE_END()
