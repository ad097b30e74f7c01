#include "tests/embed/embed_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// The numbers from 0 to `count - 1`.
auto numbers_to(std::uint64_t count) {
  return [next = std::uint64_t{0}, count]() mutable {
    return next < count ? std::optional<std::uint64_t>(next++) : std::nullopt;
  };
}

edge_settings narrow() {
  edge_settings settings;
  settings.capacity = 2;
  return settings;
}

} // namespace

BOOST_AUTO_TEST_SUITE(outlets)

BOOST_AUTO_TEST_CASE(everything_can_be_pulled_in_order_also_after_the_end) {
  embed_scene scene;
  const auto out = scene.b.outlet(scene.b.generate("numbers", numbers_to(10'000)), "out", 7, narrow());
  const auto running = scene.start();
  for (std::uint64_t i = 0; i < 9'996; ++i)
    BOOST_REQUIRE(out.pull(patience).value() == i);
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  BOOST_TEST(!out.ended());
  std::vector<std::uint64_t> rest;
  BOOST_TEST(out.pull(rest, 3, patience) == 3U);
  BOOST_TEST(rest.front() == 9'996U);
  BOOST_TEST(out.try_pull().value() == 9'999U);
  BOOST_TEST(out.ended());
  BOOST_TEST(!out.pull(patience).has_value());
}

BOOST_AUTO_TEST_CASE(a_full_one_holds_the_flow_back_and_no_worker) {
  flow_fixture fixture(true, 1);
  flow_builder b;
  const auto out = b.outlet(b.generate("numbers", numbers_to(100)), "out", 3, narrow());
  const auto held = b.start(fixture.runtime());
  fixture.await([&] { return out.size() == 3 && counters_of(held.snapshot(), "out").held == 1; }, held);
  BOOST_TEST(held.snapshot().edges.front().counters.delivered == 4U);
  // The only worker is free for another flow.
  flow_builder other;
  other.sink(other.generate("numbers", numbers_to(1000)), "seen", [](std::uint64_t) {});
  BOOST_TEST((fixture.finish(other.start(fixture.runtime())).outcome == flow_status::finished));
  BOOST_TEST(out.size() == 3U);
  for (std::uint64_t i = 0; i < 100; ++i)
    BOOST_REQUIRE(out.pull(patience).value() == i);
  BOOST_TEST((fixture.finish(held).outcome == flow_status::finished));
}

BOOST_AUTO_TEST_CASE(a_pull_of_nothing_returns_after_its_time) {
  embed_scene scene;
  const auto in = scene.b.inlet<int>("in");
  const auto out = scene.b.outlet(in, "out");
  const auto running = scene.start();
  BOOST_TEST(!out.try_pull().has_value());
  BOOST_TEST(!out.pull(std::chrono::milliseconds{1}).has_value());
  BOOST_TEST(!out.ended());
  in.close();
  scene.fixture.finish(running);
  BOOST_TEST(out.ended());
}

BOOST_AUTO_TEST_CASE(an_abort_releases_who_waits) {
  embed_scene scene;
  const auto in = scene.b.inlet<int>("in");
  const auto out = scene.b.outlet(in, "out");
  const auto running = scene.start();
  auto waiting = std::async(std::launch::async, [out] { return out.pull(patience).has_value(); });
  running.abort("enough");
  BOOST_TEST(!waiting.get());
  scene.fixture.finish(running);
}

BOOST_AUTO_TEST_CASE(a_full_one_that_nobody_pulls_from_is_cut_off_by_the_drain_deadline) {
  embed_scene scene;
  const auto out = scene.b.outlet(scene.b.generate("numbers", numbers_to(100)), "out", 3, narrow());
  const auto running = scene.start();
  scene.fixture.await([&] { return counters_of(running.snapshot(), "out").held == 1; }, running);
  running.stop(std::chrono::milliseconds{1});
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST(summary.deadline_exceeded);
  // Three were handed out; of the others, none is lost without being counted.
  const auto emitted = counters_of(summary.final, "numbers").out;
  BOOST_TEST(summary.discarded == emitted - 3);
  BOOST_TEST(out.try_pull().value() == 0U);
}

BOOST_AUTO_TEST_CASE(when_the_last_handle_goes_the_flow_stops) {
  embed_scene scene;
  const auto in = scene.b.inlet<int>("in", 4);
  std::optional<outlet<int>> out = scene.b.outlet(in, "out", 1);
  const auto running = scene.start();
  for (int i = 0; i < 3; ++i)
    BOOST_TEST((in.push(i, patience) == push_result::accepted));
  scene.fixture.await([&] { return counters_of(running.snapshot(), "out").held == 1; }, running);
  out.reset();
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(summary.discarded == 2U);
  BOOST_TEST(in.ended());
}

BOOST_AUTO_TEST_CASE(when_the_last_handle_goes_a_flow_that_has_nothing_to_do_stops_too) {
  embed_scene scene;
  const auto in = scene.b.inlet<int>("in", 4);
  std::optional<outlet<int>> out = scene.b.outlet(in, "out", 1);
  const auto running = scene.start();
  scene.fixture.await([&] { return running.status() == flow_status::running; }, running);
  out.reset();
  const auto summary = scene.fixture.finish(running);
  BOOST_TEST((summary.outcome == flow_status::finished));
  BOOST_TEST(summary.reason == "the output was closed");
  BOOST_TEST(in.ended());
}

BOOST_AUTO_TEST_CASE(when_the_last_handle_has_gone_before_the_start_the_flow_stops_at_once) {
  embed_scene scene;
  const auto in = scene.b.inlet<int>("in", 4);
  std::optional<outlet<int>> out = scene.b.outlet(in, "out", 1);
  out.reset();
  BOOST_TEST((scene.fixture.finish(scene.start()).outcome == flow_status::finished));
  BOOST_TEST(in.ended());
}

BOOST_AUTO_TEST_CASE(what_nobody_pulled_is_destroyed_where_its_destructor_may_ask_for_the_outlet) {
  embed_scene scene;
  const auto in = scene.b.inlet<curious>("in", 4);
  std::optional<outlet<curious>> out = scene.b.outlet(in, "out", 4);
  const auto running = scene.start();
  const auto queue = detail::line_access::queue_of(*out);
  const auto looked = std::make_shared<std::promise<std::size_t>>();
  BOOST_TEST(in.try_push(curious([queue, looked] { looked->set_value(queue->size()); })));
  scene.fixture.await([&] { return out->size() == 1; }, running);
  auto letting_go = std::async(std::launch::async, [&out] { out.reset(); });
  auto seen = looked->get_future();
  BOOST_REQUIRE(seen.wait_for(patience) == std::future_status::ready);
  BOOST_TEST(seen.get() == 0U);
  letting_go.get();
  scene.fixture.finish(running);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_copied_passes) {
  embed_scene scene;
  const auto in = scene.b.inlet<std::unique_ptr<int>>("in");
  const auto doubled = scene.b.map(in, "double", [](std::unique_ptr<int>&& value) {
    *value *= 2;
    return std::move(value);
  });
  const auto out = scene.b.outlet(doubled, "out", 1);
  const auto running = scene.start();
  BOOST_TEST(in.try_push(std::make_unique<int>(1)));
  BOOST_TEST(in.try_push(std::make_unique<int>(2)));
  BOOST_TEST(*out.pull(patience).value() == 2);
  BOOST_TEST(*out.pull(patience).value() == 4);
  in.close();
  scene.fixture.finish(running);
}

BOOST_AUTO_TEST_SUITE_END()
