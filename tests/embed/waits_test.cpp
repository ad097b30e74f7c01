#include "runtime/embed/own_system.hpp"
#include "tests/embed/slow_call.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(waiting_for_the_end)

BOOST_AUTO_TEST_CASE(in_a_handler_that_holds_a_worker_is_an_error) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  std::promise<flow> handle;
  scene.b.sink(numbers, "waits", [&](int) {
    const auto own = handle.get_future().get();
    if (!own.wait_for(std::chrono::nanoseconds{0}))
      (void)own.wait();
  });
  error_settings settings;
  settings.policy = error_policy::fail;
  scene.b.on_error(settings);
  const auto running = scene.start();
  handle.set_value(running);
  BOOST_TEST(numbers.try_push(1));
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST((summary.outcome == flow_status::failed));
  BOOST_TEST(summary.reason.find("would_block_worker") != std::string::npos, summary.reason);
  BOOST_TEST(summary.reason.find("'embedded'") != std::string::npos, summary.reason);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(log_gates)

BOOST_AUTO_TEST_CASE(let_several_threads_write_at_once) {
  std::promise<void> second_is_in;
  const auto both = second_is_in.get_future().share();
  bool met = false;
  log_gate gate([&](log_level, std::string_view event, std::string_view) {
    if (event == "second")
      second_is_in.set_value();
    else
      met = both.wait_for(patience) == std::future_status::ready;
  });
  auto first = std::async(std::launch::async, [&] { gate.write(log_level::info, "first", {}); });
  gate.write(log_level::info, "second", {});
  first.get();
  BOOST_TEST(met);
}

BOOST_AUTO_TEST_CASE(are_shut_when_nobody_writes_any_more) {
  slow_call call;
  log_gate gate([&](log_level, std::string_view, std::string_view) { call(); });
  auto writing = std::async(std::launch::async, [&] { gate.write(log_level::info, "slow", {}); });
  BOOST_REQUIRE((call.entered.get_future().wait_for(patience) == std::future_status::ready));
  auto shut = std::async(std::launch::async, [&] { gate.shut(); });
  BOOST_TEST((shut.wait_for(std::chrono::milliseconds{50}) == std::future_status::timeout));
  call.released.set_value();
  shut.get();
  BOOST_TEST(call.returned);
  gate.write(log_level::info, "nobody hears it", {});
}

BOOST_AUTO_TEST_CASE(leave_a_sink_behind_that_does_not_return) {
  slow_call call;
  log_gate gate([&](log_level, std::string_view, std::string_view) { call(); });
  auto writing = std::async(std::launch::async, [&] { gate.write(log_level::info, "slow", {}); });
  BOOST_REQUIRE((call.entered.get_future().wait_for(patience) == std::future_status::ready));
  gate.shut(std::chrono::milliseconds{20});
  BOOST_TEST(!call.returned);
  call.released.set_value();
  writing.get();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(for_ever)

constexpr auto for_ever = std::chrono::nanoseconds::max();

BOOST_AUTO_TEST_CASE(is_how_long_a_flow_may_drain) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  const auto seen = std::make_shared<std::vector<int>>();
  scene.b.sink(numbers, "seen", seen_by(seen));
  flow_options options;
  options.drain_timeout = for_ever;
  options.abort_timeout = for_ever;
  const auto running = scene.start(std::move(options));
  for (int i = 0; i < 1000; ++i)
    BOOST_REQUIRE((numbers.push(i, for_ever) == push_result::accepted));
  running.stop(for_ever);
  BOOST_TEST(running.wait_for(for_ever).has_value());
  BOOST_TEST(scene.fixture.finish(running).discarded == 0U);
  BOOST_TEST(seen->size() == 1000U);
}

BOOST_AUTO_TEST_CASE(is_how_long_a_handler_may_take_after_an_abort) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  slow_call call;
  scene.b.sink(numbers, "slow", [&](int) { call(); });
  scene.b.execution(execution_kind::blocking);
  flow_options options;
  options.abort_timeout = for_ever;
  const auto running = scene.start(std::move(options));
  BOOST_TEST(numbers.try_push(1));
  BOOST_REQUIRE((call.entered.get_future().wait_for(patience) == std::future_status::ready));
  running.abort("enough");
  BOOST_TEST(!running.wait_for(std::chrono::milliseconds{50}).has_value());
  call.released.set_value();
  BOOST_TEST(scene.fixture.finish(running).stuck.empty());
}

BOOST_AUTO_TEST_CASE(is_how_long_a_node_may_wait_for_its_tick) {
  struct patient : node {
    using outputs = ports<port<"out", int>>;
    void on_start(node_context& context) override { context.request_tick(for_ever); }
    void on_tick(node_context& context) override { context.emit(0, 1); }
    produce_result produce(node_context&, std::size_t) override { return produce_result::done; }
  };
  embed_scene scene;
  const auto source = scene.b.add<patient>("patient");
  scene.b.sink(source, "seen", [](int) {});
  BOOST_TEST(counters_of(scene.fixture.finish(scene.start()).final, "seen").in == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
