#include "model/message/json.hpp"
#include "nodes/stream/window.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using testing::json_message;
using testing::node_harness;

namespace {

using texts = std::vector<std::string>;

/// A host whose ticks come when the test says so, not when they were asked for.
struct late_host final : node_host {
  void request_tick(std::chrono::nanoseconds after) override { tick_after = after; }
  void set_paused(std::size_t, bool) override {}
  void defer(std::chrono::nanoseconds) override {}
  void fail(message, std::string_view, std::string_view) override {}
  void set_held(std::size_t count) override { held = count; }
  void discard(std::size_t) override {}
  void log(log_level, std::string_view, std::string_view) override {}
  void send_control(std::size_t, message) override {}
  std::chrono::nanoseconds now() const override { return time; }
  bool stopping() const noexcept override { return false; }
  bool aborting() const noexcept override { return false; }

  std::chrono::nanoseconds time{1000s};
  std::chrono::nanoseconds tick_after{0};
  std::size_t held = 0;
};

void feed_all(node_harness& harness, const texts& documents) {
  for (const auto& one : documents)
    harness.feed(json_message(one));
}

} // namespace

BOOST_AUTO_TEST_SUITE(stream_window)

BOOST_AUTO_TEST_CASE(a_window_of_so_many_messages_is_told_when_it_is_full_and_the_next_starts_over) {
  node_harness harness(window_type(), {{"count", "2"}, {"op", "sum"}, {"value", "."}});
  harness.start();
  feed_all(harness, {"1", "2", "10"});
  BOOST_TEST(harness.texts() == texts{R"({"sum":3})"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 1U);
  feed_all(harness, {"20"});
  BOOST_TEST(harness.texts() == texts{R"({"sum":30})"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(the_count_is_over_all_keys_and_each_key_is_told) {
  node_harness harness(window_type(), {{"count", "3"}, {"op", "count"}, {"key", "."}});
  harness.start();
  feed_all(harness, {"1", "2", "1", "2"});
  BOOST_TEST(harness.texts() == (texts{R"({"key":1,"count":2})", R"({"key":2,"count":1})"}),
             boost::test_tools::per_element());
  harness.end();
  BOOST_TEST(harness.texts() == texts{R"({"key":2,"count":1})"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_last_window_is_told_at_the_end_unless_it_is_empty) {
  node_harness harness(window_type(), {{"count", "2"}, {"op", "count"}});
  harness.start();
  harness.end();
  BOOST_TEST(harness.texts().empty());
  feed_all(harness, {"1"});
  harness.end();
  BOOST_TEST(harness.texts() == texts{R"({"count":1})"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(windows_in_time_follow_one_another_from_the_start) {
  node_harness harness(window_type(), {{"duration", "10s"}, {"op", "count"}});
  harness.start();
  BOOST_TEST(!harness.tick_pending());
  harness.advance(7s);
  feed_all(harness, {"1", "2"});
  BOOST_TEST(harness.held() == 2U);
  harness.advance(2s);
  BOOST_TEST(harness.texts().empty());
  harness.advance(1s);
  BOOST_TEST(harness.texts() == texts{R"({"count":2})"}, boost::test_tools::per_element());
  BOOST_TEST(harness.held() == 0U);
  feed_all(harness, {"3"});
  harness.advance(9s);
  BOOST_TEST(harness.texts().empty());
  harness.advance(1s);
  BOOST_TEST(harness.texts() == texts{R"({"count":1})"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_window_without_messages_tells_nothing_and_costs_no_tick) {
  node_harness harness(window_type(), {{"duration", "10s"}, {"op", "count"}});
  harness.start();
  feed_all(harness, {"1"});
  harness.advance(10s);
  (void)harness.texts();
  harness.advance(60s);
  BOOST_TEST(harness.texts().empty());
  BOOST_TEST(!harness.tick_pending());
}

BOOST_AUTO_TEST_CASE(a_late_tick_does_not_mix_two_windows) {
  const auto type = window_type();
  const auto window =
      type.make(options(type.options, config_value::map({{"duration", {}, config_value::scalar("10s")},
                                                         {"op", {}, config_value::scalar("sum")},
                                                         {"value", {}, config_value::scalar(".")}})));
  late_host host;
  node_context context(host, 2);
  window->on_start(context);
  auto first = json_message("1");
  window->on_message(context, 0, first);
  BOOST_TEST((host.tick_after == 10s));
  host.time += 12s;
  auto second = json_message("2");
  window->on_message(context, 0, second);
  BOOST_REQUIRE_EQUAL(context.outputs()[0].size(), 1U);
  BOOST_TEST(context.outputs()[0][0].get<json>().dump() == R"({"sum":1})");
  BOOST_TEST(host.held == 1U);
  BOOST_TEST((host.tick_after == 8s));
  // The tick of the first window comes all the same: the second is not at its end.
  host.time += 1s;
  window->on_tick(context);
  BOOST_TEST(context.outputs()[0].size() == 1U);
  BOOST_TEST((host.tick_after == 7s));
}

BOOST_AUTO_TEST_CASE(messages_that_fail_are_in_no_window) {
  node_harness harness(window_type(), {{"count", "2"}, {"op", "sum"}, {"value", ".v"}});
  harness.start();
  feed_all(harness, {R"({"v":1})", R"({"v":"x"})", R"({"v":2})"});
  BOOST_TEST(harness.texts() == texts{R"({"sum":3})"}, boost::test_tools::per_element());
  const auto failed = harness.failures();
  BOOST_REQUIRE_EQUAL(failed.size(), 1U);
  BOOST_TEST(failed[0].code == "not_a_number");
  BOOST_TEST(failed[0].original.get<json>().dump() == R"({"v":"x"})");
}

BOOST_AUTO_TEST_CASE(the_bound_of_keys_is_per_window) {
  node_harness harness(window_type(), {{"count", "2"}, {"op", "count"}, {"key", "."}, {"max_keys", "2"}});
  harness.start();
  feed_all(harness, {"1", "2", "3", "4"});
  BOOST_TEST(harness.failures().empty());
  BOOST_TEST(harness.texts().size() == 4U);
}

BOOST_AUTO_TEST_CASE(exactly_one_kind_of_window_is_needed) {
  const auto made = [](const std::vector<std::pair<std::string, std::string>>& options) {
    node_harness harness(window_type(), options);
  };
  BOOST_CHECK_THROW(made({{"op", "count"}}), option_error);
  BOOST_CHECK_THROW(made({{"op", "count"}, {"count", "2"}, {"duration", "1s"}}), option_error);
  BOOST_CHECK_THROW(made({{"op", "count"}, {"count", "0"}}), error);
  BOOST_CHECK_THROW(made({{"op", "count"}, {"duration", "0"}}), error);
  BOOST_CHECK_THROW(made({{"count", "2"}}), error);
  BOOST_CHECK_THROW(made({{"count", "2"}, {"op", "mean"}}), option_error);
}

BOOST_AUTO_TEST_SUITE_END()
