#include "tests/actors_runs/run_runtime_scene.hpp"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

namespace sluice {

namespace {

using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(run_lanes_suite)

BOOST_AUTO_TEST_CASE_TEMPLATE(caps_end_an_invocation_exactly, Place, runtime_places) {
  runtime_scene<Place> scene;
  scene.start();
  for (int i = 0; i < 20; ++i)
    scene.submit(one_noop);
  worker_options seven;
  seven.caps.ticks = 7;
  auto report = scene.work(seven);
  BOOST_TEST(report.ticks == 7U);
  BOOST_TEST(report.succeeded == 7U);
  BOOST_TEST((report.last == tick_outcome::idle_cap_reached));
  worker_options once;
  once.caps.ticks_per_run = 1;
  const auto run = scene.submit(
      R"({"version": 1, "steps": {"a": {"kind": "noop"}, "b": {"kind": "noop", "deps": ["a"]}}})");
  report = scene.work(once);
  BOOST_TEST(report.ticks == 14U);
  BOOST_TEST((scene.status(run) == run_status::running));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lane_s_day_is_respected_by_a_worker_with_many_runs_in_hand, Place,
                              runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  lane_settings settings;
  settings.ticks_per_day = 5;
  runtime.set_lane({"default", "default"}, settings, "ann");
  const auto graph =
      R"({"version": 1, "steps": {"a": {"kind": "noop"}, "b": {"kind": "noop", "deps": ["a"]}}})";
  for (int i = 0; i < 10; ++i)
    scene.submit(graph);
  const auto report = scene.work();
  BOOST_TEST(report.ticks == 5U);
  BOOST_TEST((report.last == tick_outcome::idle_cap_reached));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_that_wants_more_than_the_day_has_left_takes_what_there_is, Place,
                              runtime_places) {
  for (const bool asks : {false, true}) {
    runtime_scene<Place> scene;
    // With a policy to ask, the first attempts are begun by another way.
    if (asks)
      scene.options.policy = [](const step_policy_question&) { return std::nullopt; };
    auto& runtime = scene.start();
    lane_settings settings;
    settings.ticks_per_day = 4;
    runtime.set_lane({"default", "default"}, settings, "ann");
    const auto run = scene.submit(R"({"version": 1, "steps": {"a": {"kind": "noop"},
        "b": {"kind": "noop", "deps": ["a"]}, "c": {"kind": "noop", "deps": ["a"]},
        "d": {"kind": "noop", "deps": ["a"]}, "e": {"kind": "noop", "deps": ["a"]},
        "f": {"kind": "noop", "deps": ["a"]}}})");
    const auto report = scene.work();
    BOOST_TEST(report.ticks == 4U);
    BOOST_TEST((report.last == tick_outcome::idle_cap_reached));
    BOOST_TEST((scene.status(run) == run_status::running));
    // Claimed for something, each time.
    BOOST_TEST(runtime.show(run).lease.token <= 4U);
    runtime.set_lane({"default", "default"}, {}, "ann");
    scene.work();
    BOOST_TEST((scene.status(run) == run_status::succeeded));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_kill_switch_stops_claims_and_takes_active_runs_back, Place,
                              runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(R"({"version": 1, "steps": {
      "a": {"kind": "gate", "params": {"name": "a"}}, "b": {"kind": "noop", "deps": ["a"]}}})");
  runtime.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  runtime.set_lane({"default", "default"}, {false, "night"}, "ann");
  const auto later = scene.submit(one_noop);
  scene.gates->open("a");
  runtime.stop_worker(milliseconds{60'000});
  scene.end_of_worker();
  BOOST_TEST((scene.status(run) == run_status::running));
  BOOST_TEST(!runtime.show(run).row.owned);
  BOOST_TEST((scene.status(later) == run_status::queued));
  BOOST_TEST((runtime.tick_once({"default", "default"}).outcome == tick_outcome::idle_lane_disabled));
  runtime.set_lane({"default", "default"}, {}, "ann");
  scene.work();
  BOOST_TEST((scene.status(run) == run_status::succeeded));
  BOOST_TEST((scene.status(later) == run_status::succeeded));
}

BOOST_AUTO_TEST_CASE(the_kill_switch_of_another_process_takes_back_a_run_that_waits_in_hand) {
  // The owner's clock stands still, so that the next attempt never becomes due: nothing but the switch can
  // move the run.
  const auto start = utc_now();
  runtime_scene<runs_in_file> scene;
  *scene.failures = 1;
  scene.options.clock = {[start] { return start; }, boot_now};
  auto& owner = scene.start();
  run_runtime other(scene.options);
  const auto run = scene.submit(R"({"version": 1, "steps": {"a": {"kind": "flaky",
      "retry": {"max_attempts": 2, "delay": "1s", "jitter": 0}}}})");
  std::mutex mutex;
  std::condition_variable changed;
  bool failed = false;
  const auto events = owner.subscribe(0, run, [&](const std::vector<run_event>& news) {
    const std::lock_guard lock(mutex);
    for (const auto& each : news)
      failed = failed || each.kind == run_event_kind::step_retry;
    changed.notify_all();
  });
  owner.start_worker({});
  {
    std::unique_lock lock(mutex);
    BOOST_REQUIRE(changed.wait_for(lock, std::chrono::minutes{1}, [&] { return failed; }));
  }
  BOOST_TEST(owner.show(run).row.owned);
  const auto later =
      scene.submit(R"({"version": 1, "steps": {"a": {"kind": "gate", "params": {"name": "later"}}}})");
  BOOST_REQUIRE(scene.gates->await("later"));
  other.set_lane({"default", "default"}, {false, "night"}, "bob");
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (other.show(run).row.owned)
    BOOST_REQUIRE(std::chrono::steady_clock::now() < end);
  BOOST_TEST((scene.status(run) == run_status::running));
  // What is under way is not interrupted, but its run goes no further.
  BOOST_TEST(other.show(later).row.owned);
  const auto unclaimed = scene.submit(one_noop);
  scene.gates->open("later");
  scene.await(later, run_status::succeeded);
  BOOST_TEST((scene.status(unclaimed) == run_status::queued));
  other.set_lane({"default", "default"}, {}, "bob");
  scene.await(unclaimed, run_status::succeeded);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace sluice
