// A runtime that is destroyed while something of the host does not return: it gives up waiting, and what it
// leaves behind calls nothing of the host any more.

#include "runtime/embed/latest_by.hpp"
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

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Longer than a runtime takes to give up, and shorter than a slow call waits for its release.
constexpr std::chrono::seconds give_up_bound{30};

bool all_nodes_are(const flow& running, node_status status) {
  const auto seen = running.snapshot();
  return std::all_of(seen.nodes.begin(), seen.nodes.end(),
                     [&](const node_snapshot& each) { return each.status == status; });
}

bool has_begun(slow_call& call) {
  return call.entered.get_future().wait_for(patience) == std::future_status::ready;
}

flow_options soon_stuck() {
  flow_options options;
  options.abort_timeout = std::chrono::milliseconds{1};
  return options;
}

/// A flow in a host's system whose runtime gives up soon.
struct given_up_scene {
  std::optional<host_scene> host{std::in_place};
  std::optional<flow_runtime> runtime{std::in_place, host->system()};
  flow_builder b{"given-up"};
  inlet<int> numbers = b.inlet<int>("numbers");
  flow_options options = soon_stuck();

  flow start() { return b.start(*runtime, options); }

  /// Destroys the runtime while a notice holds the supervisor.
  void give_up_during(slow_call& call, const flow& running) {
    running.resume([&] { call(); });
    BOOST_REQUIRE(has_begun(call));
    runtime.reset();
    BOOST_TEST(!call.returned);
  }
  void release(slow_call& call) {
    call.released.set_value();
    host.reset();
  }
};

/// The lines of a log that may outlive its test.
struct shared_log {
  void add(std::string_view event) {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(event);
  }
  bool has(std::string_view event) {
    const std::lock_guard lock(mutex_);
    return std::find(events_.begin(), events_.end(), event) != events_.end();
  }

private:
  std::mutex mutex_;
  std::vector<std::string> events_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_runtime_that_gives_up)

BOOST_AUTO_TEST_CASE(is_destroyed_though_the_log_function_never_returns) {
  std::promise<void> released;
  std::promise<void> entered;
  host_scene host;
  runtime_options settings;
  settings.log = [&entered, calls = std::make_shared<std::atomic<int>>(0),
                  until = released.get_future().share()](log_level, std::string_view, std::string_view) {
    if (++*calls == 1)
      entered.set_value();
    until.wait();
  };
  std::optional<flow_runtime> runtime(std::in_place, host.system(), settings);
  flow_builder b("silent");
  const auto numbers = b.inlet<int>("numbers");
  b.sink(numbers, "throws", [](int) { throw std::runtime_error("no"); });
  const auto running = b.start(*runtime, soon_stuck());
  BOOST_TEST(numbers.try_push(1));
  BOOST_REQUIRE((entered.get_future().wait_for(patience) == std::future_status::ready));
  auto destroyed = std::async(std::launch::async, [&] { runtime.reset(); });
  BOOST_TEST((destroyed.wait_for(give_up_bound) == std::future_status::ready));
  released.set_value();
}

BOOST_AUTO_TEST_CASE(aborts_the_nodes_itself_while_a_notice_holds_the_supervisor) {
  slow_call call;
  const auto calls = std::make_shared<std::atomic<int>>(0);
  given_up_scene scene;
  flow_builder b("counts");
  const auto source = b.generate("source", [calls]() -> std::optional<int> { return ++*calls; });
  b.sink(source, "seen", [](int) {});
  const auto running = b.start(*scene.runtime, soon_stuck());
  BOOST_REQUIRE(comes_about([&] { return *calls > 0; }));
  scene.give_up_during(call, running);
  BOOST_TEST(comes_about([&] { return all_nodes_are(running, node_status::aborted); }));
  const int before = *calls;
  scene.release(call);
  BOOST_TEST(*calls == before);
}

BOOST_AUTO_TEST_CASE(waits_for_a_handler_that_obeys) {
  // Longer lived than the flow: what its handler needs of the time after the abort.
  std::promise<void> never;
  const auto a_while = never.get_future().share();
  const auto entered = std::make_shared<std::atomic<bool>>(false);
  const auto obeyed = std::make_shared<std::atomic<bool>>(false);
  struct obedient : node {
    using outputs = ports<port<"out", int>>;
    obedient(std::shared_future<void> takes, std::shared_ptr<std::atomic<bool>> in,
             std::shared_ptr<std::atomic<bool>> out)
        : takes_(std::move(takes)), entered_(std::move(in)), obeyed_(std::move(out)) {}
    produce_result produce(node_context& context, std::size_t) override {
      *entered_ = true;
      (void)comes_about([&] { return context.aborting(); });
      (void)takes_.wait_for(std::chrono::milliseconds{20});
      *obeyed_ = true;
      return produce_result::done;
    }
    std::shared_future<void> takes_;
    std::shared_ptr<std::atomic<bool>> entered_, obeyed_;
  };
  slow_call call;
  given_up_scene scene;
  flow_builder b("obeys");
  const auto source = b.add<obedient>("source", a_while, entered, obeyed);
  b.execution(execution_kind::blocking);
  b.sink(source, "seen", [](int) {});
  const auto running = b.start(*scene.runtime, soon_stuck());
  BOOST_REQUIRE(comes_about([&] { return entered->load(); }));
  scene.give_up_during(call, running);
  BOOST_TEST(*obeyed);
  scene.release(call);
}

BOOST_AUTO_TEST_CASE(keeps_the_function_of_an_edge_from_what_still_comes) {
  slow_call call;
  slow_call key;
  std::atomic<int> keys = 0;
  given_up_scene scene;
  scene.b.sink(
      scene.numbers, "seen", [](int) {}, latest_by<int>([&](const int& number) {
        if (++keys == 1)
          key();
        return std::to_string(number);
      }));
  const auto running = scene.start();
  BOOST_TEST(scene.numbers.try_push(1));
  BOOST_REQUIRE(has_begun(key));
  BOOST_TEST(scene.numbers.try_push(2));
  BOOST_REQUIRE(comes_about([&] { return counters_of(running.snapshot(), "numbers").out == 2; }));
  scene.give_up_during(call, running);
  key.released.set_value();
  BOOST_TEST(comes_about([&] { return running.snapshot().edges.front().counters.offered == 2; }));
  scene.release(call);
  BOOST_TEST(keys == 1);
}

BOOST_AUTO_TEST_CASE(never_says_that_a_flow_stands_still) {
  slow_call call;
  bool called = false;
  given_up_scene scene;
  const auto held = std::make_shared<int>();
  scene.options.stands_still = [&called, held](std::uint64_t) { called = true; };
  scene.b.sink(scene.numbers, "seen", [](int) {});
  const auto running = scene.start();
  scene.options = {};
  BOOST_REQUIRE(comes_about([&] { return running.status() == flow_status::running; }));
  running.pause([&] { call(); });
  BOOST_REQUIRE(has_begun(call));
  BOOST_REQUIRE(comes_about([&] { return all_nodes_are(running, node_status::paused); }));
  scene.runtime.reset();
  BOOST_TEST(held.use_count() == 1);
  scene.release(call);
  BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(has_let_stands_still_go_when_a_notice_of_the_end_does_not_return) {
  slow_call key;
  slow_call notice;
  given_up_scene scene;
  const auto held = std::make_shared<int>();
  scene.options.stands_still = [held](std::uint64_t) {};
  scene.b.sink(
      scene.numbers, "seen", [](int) {}, latest_by<int>([&](const int&) {
        key();
        return std::string("all");
      }));
  const auto running = scene.start();
  scene.options = {};
  BOOST_TEST(scene.numbers.try_push(1));
  BOOST_REQUIRE(has_begun(key));
  edge_change change;
  change.capacity = 7;
  running.change_edge("numbers.out->seen.in", change, [&] { notice(); });
  running.abort("enough");
  // The edge never came to it, so it is called at the end.
  BOOST_REQUIRE(has_begun(notice));
  BOOST_TEST(held.use_count() == 1);
  scene.runtime.reset();
  key.released.set_value();
  scene.release(notice);
}

BOOST_AUTO_TEST_CASE(takes_no_more_orders_and_asks_for_calls) {
  slow_call call;
  std::atomic<int> noticed = 0;
  std::atomic<int> ended = 0;
  given_up_scene scene;
  scene.b.sink(scene.numbers, "seen", [](int) {});
  const auto running = scene.start();
  scene.give_up_during(call, running);
  // Here and now.
  running.pause([&] { ++noticed; });
  BOOST_TEST(noticed == 1);
  const auto held = std::make_shared<int>();
  running.when_ended([&ended, held](const flow_summary&) { ++ended; });
  BOOST_TEST(held.use_count() == 1);
  edge_change change;
  change.capacity = 7;
  BOOST_CHECK_EXCEPTION(running.change_edge("numbers.out->seen.in", change, [&] { ++noticed; }), error,
                        [](const error& refused) { return refused.code() == "flow_ended"; });
  BOOST_TEST(!running.send_control("seen", message(text("late"))));
  scene.release(call);
  BOOST_TEST(noticed == 1);
  BOOST_TEST(ended == 0);
}

BOOST_AUTO_TEST_CASE(leaves_an_edge_behind_whose_function_does_not_return) {
  slow_call key;
  const auto log = std::make_shared<shared_log>();
  runtime_options settings;
  settings.workers = 2;
  settings.log = [log](log_level, std::string_view event, std::string_view) { log->add(event); };
  std::optional<flow_runtime> runtime(std::in_place, settings);
  flow_builder b("keyed");
  const auto numbers = b.inlet<int>("numbers");
  b.sink(
      numbers, "seen", [](int) {}, latest_by<int>([&](const int&) {
        key();
        return std::string("all");
      }));
  const auto running = b.start(*runtime, soon_stuck());
  BOOST_TEST(numbers.try_push(1));
  BOOST_REQUIRE(has_begun(key));
  auto destroyed = std::async(std::launch::async, [&] { runtime.reset(); });
  BOOST_TEST((destroyed.wait_for(give_up_bound) == std::future_status::ready));
  BOOST_TEST(!key.returned);
  BOOST_TEST(log->has("handler_stuck"));
  key.released.set_value();
  BOOST_TEST(comes_about([&] { return key.returned.load(); }));
}

BOOST_AUTO_TEST_CASE(has_not_if_a_flow_ends_in_order_however_short_its_time_to_abort) {
  const auto log = std::make_shared<shared_log>();
  {
    runtime_options settings;
    settings.log = [log](log_level, std::string_view event, std::string_view) { log->add(event); };
    flow_runtime runtime(settings);
    flow_options options;
    options.abort_timeout = std::chrono::nanoseconds{0};
    for (int i = 0; i < 20; ++i) {
      flow_builder b("short-" + std::to_string(i));
      const auto numbers = b.inlet<int>("numbers");
      b.sink(numbers, "seen", [](int) {});
      const auto running = b.start(runtime, options);
      numbers.close();
      BOOST_TEST((running.wait().outcome == flow_status::finished));
    }
  }
  BOOST_TEST(!log->has("handler_stuck"));
}

BOOST_AUTO_TEST_SUITE_END()
