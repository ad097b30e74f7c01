#include "tests/embed/embed_scene.hpp"
#include "tests/embed/slow_call.hpp"
#include "tests/support/comes_about.hpp"
#include "tests/support/host_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// A flow in the system of a host that runs until its inlet is closed.
struct hosted_scene {
  host_scene host;
  std::optional<flow_runtime> runtime{std::in_place, host.system()};
  flow_builder b{"hosted"};
  inlet<int> numbers = b.inlet<int>("numbers");

  hosted_scene() {
    b.sink(numbers, "seen", [](int) {});
  }
  flow start(flow_options options = {}) { return b.start(*runtime, std::move(options)); }
};

/// Destroys the runtime while `call` is under way, which has to outlast it.
void destroy_during(hosted_scene& scene, slow_call& call) {
  BOOST_REQUIRE((call.entered.get_future().wait_for(patience) == std::future_status::ready));
  auto destroyed = std::async(std::launch::async, [&] { scene.runtime.reset(); });
  BOOST_TEST((destroyed.wait_for(std::chrono::milliseconds{50}) == std::future_status::timeout));
  call.released.set_value();
  destroyed.get();
  BOOST_TEST(call.returned);
}

/// Says when it is destroyed.
struct mourned : node {
  using inputs = ports<port<"in", int>>;
  explicit mourned(std::shared_ptr<std::atomic<int>> count) : gone(std::move(count)) {}
  mourned(const mourned&) = delete;
  ~mourned() override { ++*gone; }
  void on_message(node_context&, std::size_t, message&) override {}
  std::shared_ptr<std::atomic<int>> gone;
};

bool logged(flow_fixture& fixture, const std::string& part) {
  for (const auto& line : fixture.log())
    if (line.find(part) != std::string::npos)
      return true;
  return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(host_calls)

BOOST_AUTO_TEST_CASE(at_the_end_are_over_when_the_runtime_is_destroyed) {
  slow_call call;
  hosted_scene scene;
  flow_options options;
  options.ended = [&](const flow_summary&) { call(); };
  const auto running = scene.start(std::move(options));
  scene.numbers.close();
  BOOST_REQUIRE(running.wait_for(patience).has_value());
  destroy_during(scene, call);
}

BOOST_AUTO_TEST_CASE(that_were_asked_for_are_over_then_too_also_when_nobody_holds_the_flow) {
  slow_call call;
  hosted_scene scene;
  scene.start().when_ended([&](const flow_summary&) { call(); });
  scene.numbers.close();
  destroy_during(scene, call);
}

BOOST_AUTO_TEST_CASE(hold_nothing_of_the_host_when_the_runtime_is_destroyed) {
  hosted_scene scene;
  const auto held = std::make_shared<int>();
  flow_options options;
  options.ended = [held](const flow_summary&) {};
  options.stands_still = [held](std::uint64_t) {};
  const auto running = scene.start(std::move(options));
  running.when_ended([held](const flow_summary&) {});
  scene.runtime.reset();
  BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(cannot_start_a_flow_while_the_runtime_is_destroyed) {
  hosted_scene scene;
  flow_builder next("next");
  const auto more = next.inlet<int>("more");
  next.sink(more, "seen", [](int) {});
  std::string refused;
  flow_options options;
  options.ended = [&, runtime = &*scene.runtime](const flow_summary&) {
    try {
      (void)next.start(*runtime);
    } catch (const error& failed) {
      refused = failed.code() + std::string(": ") + failed.what();
    }
  };
  (void)scene.start(std::move(options));
  scene.runtime.reset();
  BOOST_TEST(refused.find("runtime_ended") == 0U, refused);
  BOOST_TEST(refused.find("'next'") != std::string::npos, refused);
}

BOOST_AUTO_TEST_CASE(of_orders_that_came_as_the_flow_ended_are_over_too) {
  host_scene host;
  for (int round = 0; round < 500; ++round) {
    std::optional<flow_runtime> runtime(std::in_place, host.system());
    flow_builder b("hosted");
    const auto numbers = b.inlet<int>("numbers");
    b.sink(numbers, "seen", [](int) {});
    const auto running = b.start(*runtime);
    const auto calls = std::make_shared<std::atomic<int>>(0);
    const auto gone = std::make_shared<std::atomic<bool>>(false);
    const auto late = std::make_shared<std::atomic<bool>>(false);
    const auto heard = [=] {
      ++*calls;
      if (*gone)
        *late = true;
    };
    numbers.close();
    running.pause(heard);
    running.stop({}, heard);
    running.resume(heard);
    runtime.reset();
    *gone = true;
    BOOST_REQUIRE(*calls == 3);
    BOOST_REQUIRE(!*late);
    // Here and now, once it has ended.
    running.resume(heard);
    BOOST_REQUIRE(*calls == 4);
  }
}

BOOST_AUTO_TEST_CASE(of_an_order_that_its_edge_never_came_to_are_over_too) {
  slow_call call;
  std::atomic<int> calls = 0;
  int before = 0;
  {
    // The handler holds the only worker, so that the edge has the order, and no turn.
    host_scene host(false, 1);
    std::optional<flow_runtime> runtime(std::in_place, host.system());
    flow_builder b("hosted");
    const auto numbers = b.inlet<int>("numbers");
    b.sink(numbers, "slow", [&](int) { call(); });
    flow_options options;
    options.abort_timeout = std::chrono::milliseconds{1};
    const auto running = b.start(*runtime, std::move(options));
    BOOST_TEST(numbers.try_push(1));
    BOOST_REQUIRE((call.entered.get_future().wait_for(patience) == std::future_status::ready));
    edge_change change;
    change.capacity = 7;
    running.change_edge("numbers.out->slow.in", change, [&] { ++calls; });
    runtime.reset();
    before = calls;
    call.released.set_value();
  }
  BOOST_TEST(calls == before);
}

BOOST_AUTO_TEST_CASE(that_were_still_to_come_when_the_runtime_gave_up_waiting_never_come) {
  slow_call call;
  std::atomic<bool> called = false;
  const auto held = std::make_shared<int>();
  {
    hosted_scene scene;
    flow_options options;
    options.abort_timeout = std::chrono::milliseconds{1};
    options.ended = [&called, held](const flow_summary&) { called = true; };
    const auto running = scene.start(std::move(options));
    running.when_ended([&](const flow_summary&) { call(); });
    running.when_ended([&called, held](const flow_summary&) { called = true; });
    scene.numbers.close();
    BOOST_REQUIRE((call.entered.get_future().wait_for(patience) == std::future_status::ready));
    scene.runtime.reset();
    BOOST_TEST(!call.returned);
    BOOST_TEST(held.use_count() == 1);
    call.released.set_value();
  }
  BOOST_TEST(call.returned);
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(nodes_are_destroyed_before_their_flow_has_ended) {
  hosted_scene scene;
  const auto gone = std::make_shared<std::atomic<int>>(0);
  const auto seen = scene.b.add<mourned>("mourned", gone);
  scene.b.connect(scene.numbers, seen);
  const auto running = scene.start();
  BOOST_TEST(scene.numbers.try_push(1));
  scene.numbers.close();
  BOOST_REQUIRE(running.wait_for(patience).has_value());
  BOOST_TEST(*gone == 1);
}

BOOST_AUTO_TEST_CASE(that_throw_at_the_end_change_nothing_and_are_logged) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  scene.b.sink(numbers, "seen", [](int) {});
  const auto calls = std::make_shared<std::atomic<int>>(0);
  flow_options options;
  options.ended = [calls](const flow_summary&) {
    ++*calls;
    throw std::runtime_error("not at the end");
  };
  const auto running = scene.start(std::move(options));
  numbers.close();
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  scene.fixture.await([&] { return logged(scene.fixture, "not at the end"); }, running);
  BOOST_TEST((running.wait().outcome == flow_status::finished));
  BOOST_TEST(*calls == 1);
}

BOOST_AUTO_TEST_CASE(that_throw_amid_a_flow_leave_it_running) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  scene.b.sink(numbers, "seen", [](int) {});
  flow_options options;
  options.stands_still = [](std::uint64_t) { throw std::runtime_error("not while it stands still"); };
  const auto running = scene.start(std::move(options));
  running.pause([] { throw std::runtime_error("not at the order"); });
  scene.fixture.await([&] { return logged(scene.fixture, "not while it stands still"); }, running);
  scene.fixture.await([&] { return logged(scene.fixture, "not at the order"); }, running);
  running.resume();
  BOOST_TEST(numbers.try_push(1));
  numbers.close();
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(counters_of(summary.final, "seen").in == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ended_flows)

BOOST_AUTO_TEST_CASE(are_forgotten_at_once_however_long_they_could_have_drained) {
  hosted_scene scene;
  {
    const auto running = scene.start();
    running.stop(std::chrono::hours{1});
    BOOST_REQUIRE(running.wait_for(patience).has_value());
  }
  BOOST_TEST(comes_about([&] { return scene.runtime->snapshots().empty(); }));
}

BOOST_AUTO_TEST_CASE(let_go_of_their_graph_though_a_tick_is_still_to_come) {
  struct patient : node {
    using outputs = ports<port<"out", int>>;
    void on_start(node_context& context) override { context.request_tick(std::chrono::hours{1}); }
    produce_result produce(node_context&, std::size_t) override { return produce_result::done; }
  };
  embed_scene scene;
  const auto held = std::make_shared<int>();
  {
    flow_builder b("patient");
    const auto source = b.add<patient>("patient");
    b.sink(source, "seen", [held](int) {});
    BOOST_REQUIRE(b.start(scene.fixture.runtime()).wait_for(patience).has_value());
  }
  BOOST_TEST(comes_about([&] { return held.use_count() == 1; }));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(destruction_of_a_runtime)

BOOST_AUTO_TEST_CASE(aborts_its_flows_all_at_once) {
  // A handler of each flow returns when it sees that every flow is being aborted.
  constexpr int flows = 3;
  const auto aborted = std::make_shared<std::atomic<int>>(0);
  const auto entered = std::make_shared<std::atomic<int>>(0);
  std::vector<std::string> log;
  std::mutex guard;
  {
    runtime_options settings;
    settings.log = [&](log_level, std::string_view event, std::string_view) {
      const std::lock_guard lock(guard);
      log.emplace_back(event);
    };
    flow_runtime runtime(settings);
    for (int i = 0; i < flows; ++i) {
      struct stubborn : node {
        using outputs = ports<port<"out", int>>;
        stubborn(std::shared_ptr<std::atomic<int>> in, std::shared_ptr<std::atomic<int>> out)
            : entered(std::move(in)), aborted(std::move(out)) {}
        produce_result produce(node_context& context, std::size_t) override {
          ++*entered;
          (void)comes_about([&] { return context.aborting(); });
          ++*aborted;
          (void)comes_about([&] { return *aborted == flows; });
          return produce_result::done;
        }
        std::shared_ptr<std::atomic<int>> entered, aborted;
      };
      flow_builder b("stubborn-" + std::to_string(i));
      const auto source = b.add<stubborn>("source", entered, aborted);
      b.execution(execution_kind::blocking);
      b.sink(source, "seen", [](int) {});
      flow_options options;
      options.abort_timeout = patience;
      (void)b.start(runtime, std::move(options));
    }
    BOOST_TEST(comes_about([&] { return *entered == flows; }));
  }
  BOOST_TEST(*aborted == flows);
  const std::lock_guard lock(guard);
  BOOST_TEST((std::find(log.begin(), log.end(), "handler_stuck") == log.end()));
}

BOOST_AUTO_TEST_SUITE_END()
