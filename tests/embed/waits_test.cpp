#include "model/base/bounded_wait.hpp"
#include "runtime/embed/own_system.hpp"
#include "tests/embed/slow_call.hpp"
#include "tests/support/comes_about.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
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

BOOST_AUTO_TEST_CASE(in_a_notice_that_holds_the_flow_is_an_error) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  scene.b.sink(numbers, "seen", [](int) {});
  flow_options options;
  std::promise<flow> handle;
  const auto own = handle.get_future().share();
  options.stands_still = [own](std::uint64_t) { (void)own.get().wait_for(patience); };
  const auto running = scene.start(std::move(options));
  handle.set_value(running);
  const auto refusals = [&] {
    const auto lines = scene.fixture.log();
    return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
      return line.find("host_call_failed") == 0 && line.find("'embedded'") != std::string::npos &&
             line.find("must not wait") != std::string::npos;
    });
  };
  running.pause([own] { (void)own.get().wait_for(patience); });
  scene.fixture.await([&] { return refusals() == 2; }, running);
  running.resume();
  numbers.close();
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
}

BOOST_AUTO_TEST_CASE(that_is_there_is_no_error_in_a_handler) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  scene.b.sink(numbers, "seen", [](int) {});
  const auto ended = scene.start();
  numbers.close();
  (void)scene.fixture.finish(ended);
  flow_builder b("later");
  const auto source = b.generate("source", [asked = false]() mutable -> std::optional<int> {
    return std::exchange(asked, true) ? std::nullopt : std::optional<int>(1);
  });
  std::atomic<int> seen = 0;
  b.sink(source, "looks", [&](int) {
    (void)ended.wait();
    seen += ended.wait_for(patience).has_value() ? 1 : 0;
  });
  (void)scene.fixture.finish(b.start(scene.fixture.runtime()));
  BOOST_TEST(seen == 1);
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

BOOST_AUTO_TEST_CASE(write_a_last_line_without_waiting_for_it) {
  slow_call call;
  const auto gate = std::make_shared<log_gate>([&](log_level, std::string_view event, std::string_view text) {
    if (event == "last" && text == "line")
      call();
  });
  log_gate::write_aside(gate, log_level::error, "last", "line");
  gate->shut(std::chrono::milliseconds{20});
  BOOST_TEST(!call.returned);
  call.released.set_value();
  BOOST_TEST(comes_about([&] { return gate.use_count() == 1; }));
  BOOST_TEST(call.returned);
}

BOOST_AUTO_TEST_CASE(are_shut_when_a_line_written_aside_is_there) {
  std::atomic<bool> written = false;
  const auto gate =
      std::make_shared<log_gate>([&](log_level, std::string_view, std::string_view) { written = true; });
  log_gate::write_aside(gate, log_level::error, "last", "line");
  gate->shut();
  BOOST_TEST(written);
}

BOOST_AUTO_TEST_CASE(let_a_sink_that_was_left_behind_go_without_holding_others_up) {
  slow_call call;
  std::future<void> other;
  log_gate gate([](log_level, std::string_view, std::string_view) {});
  bool in_time = false;
  auto last = std::make_shared<curious>([&] {
    other = std::async(std::launch::async, [&] { gate.write(log_level::info, "other", {}); });
    in_time = other.wait_for(std::chrono::seconds{10}) == std::future_status::ready;
  });
  gate.lead_to([&call, owned = last](log_level, std::string_view, std::string_view) { call(); });
  const std::weak_ptr<curious> sink = std::exchange(last, nullptr);
  auto writing = std::async(std::launch::async, [&] { gate.write(log_level::info, "slow", {}); });
  BOOST_REQUIRE((call.entered.get_future().wait_for(patience) == std::future_status::ready));
  gate.shut(std::chrono::milliseconds{20});
  BOOST_TEST(!sink.expired());
  call.released.set_value();
  writing.get();
  BOOST_TEST(sink.expired());
  BOOST_TEST(in_time);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(for_ever)

constexpr auto for_ever = std::chrono::nanoseconds::max();

static_assert(bounded_wait(for_ever) == longest_wait);
static_assert(bounded_wait(std::chrono::milliseconds::max()) == longest_wait);
static_assert(bounded_wait(std::chrono::hours::max()) == longest_wait);
static_assert(bounded_wait(std::chrono::milliseconds::min()) == std::chrono::nanoseconds::zero());
static_assert(bounded_wait(std::chrono::milliseconds{3}) == std::chrono::nanoseconds{3'000'000});

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
