#include "tests/actors_runs/run_runtime_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace sluice;

namespace {

constexpr auto for_ever_in_milliseconds = std::chrono::milliseconds::max();

} // namespace

BOOST_AUTO_TEST_SUITE(a_grace_for_ever)

BOOST_AUTO_TEST_CASE(leaves_steps_alone_when_the_worker_is_stopped) {
  runtime_scene<runs_in_memory> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(one_gate);
  runtime.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  runtime.stop_worker(for_ever_in_milliseconds);
  BOOST_TEST(!runtime.wait_for_worker(std::chrono::milliseconds{50}).has_value());
  scene.gates->open("a");
  BOOST_TEST(scene.end_of_worker().succeeded == 1U);
  BOOST_TEST((scene.status(run) == run_status::succeeded));
}

BOOST_AUTO_TEST_CASE(leaves_a_step_alone_that_is_over_its_time_limit) {
  // Longer lived than the scene, whose runtime logs.
  std::promise<void> stuck;
  const auto is_stuck = stuck.get_future().share();
  runtime_scene<runs_in_memory> scene;
  // With what is added to it: milliseconds that can be counted, of which the nanoseconds cannot.
  scene.options.step_grace = for_ever_in_milliseconds - defaults::step_stuck_after;
  scene.options.log = [&stuck](log_level, std::string_view what, std::string_view) {
    if (what == "step_stuck")
      stuck.set_value();
  };
  scene.steps->add(
      function_step("slow", "ends a while after it was told to", [is_stuck](step_context& context) {
        if (!context.signal.wait_for(std::chrono::minutes{1}))
          return attempt_outcome{attempt_status::failed};
        (void)is_stuck.wait_for(std::chrono::milliseconds{50});
        return attempt_outcome{};
      }));
  scene.start();
  const auto run = scene.submit(R"({"version": 1, "steps": {"a": {"kind": "slow", "timeout": "20ms"}}})");
  scene.work();
  BOOST_TEST((is_stuck.wait_for(std::chrono::seconds{0}) == std::future_status::timeout));
  BOOST_TEST((scene.status(run) == run_status::succeeded));
}

BOOST_AUTO_TEST_SUITE_END()
