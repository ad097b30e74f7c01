#include "model/base/error.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A run of steps a and b in hand; a is under way.
template <class Backend>
struct boundary_scene : store_scene<Backend> {
  uuid id = this->submit_chain({"a", "b"});
  claimed_run run = *this->claim(this->first).run;

  boundary_scene() {
    this->begin_running(run, this->first);
    this->begin_step(run, this->first, 0);
  }

  run_change end_of(std::size_t step) {
    auto change = this->change_of(run, this->first);
    const attempt_outcome outcome;
    run.steps.end_attempt(step, outcome, this->now, [] { return std::uint64_t{0}; });
    change.steps = {{run.steps.spec(step).id, run.steps.step(step), this->now, this->now}};
    change.acts = {step_ended_event(run.steps.spec(step).id, run.steps.step(step), outcome)};
    return change;
  }

  run_change_continuation begin_of(std::size_t step) {
    run_change_continuation next;
    const auto attempt = run.steps.begin_attempt(step);
    const auto& spec = run.steps.spec(step);
    next.steps = {{spec.id, run.steps.step(step), this->now}};
    next.acts = {step_started_event({run.row.id, spec.id, attempt, run.token}, spec.kind)};
    next.ticks = 1;
    return next;
  }

  boundary_answer cross(const run_change& ended, const std::optional<run_change_continuation>& next) {
    return this->commit([&] { return cross_boundary(this->in(), ended, next, this->now); });
  }

  void set(const lane_settings& settings) {
    this->commit([&] {
      this->in().lanes().set_settings("default", "default", settings);
      return 0;
    });
  }
  std::uint64_t ticks() {
    return this->commit([&] { return this->in().lanes().usage("default", "default").ticks_on(this->now); });
  }
  step_status status_of(std::size_t step) {
    const auto rows = this->commit([&] { return this->in().steps().list(id); });
    return step < rows.size() ? rows[step].progress.status : step_status::pending;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(step_boundaries)

BOOST_AUTO_TEST_CASE_TEMPLATE(one_step_ends_and_the_next_begins_in_one_version, Backend, store_backends) {
  boundary_scene<Backend> scene;
  const auto before = scene.row(scene.id);
  const auto answer = scene.cross(scene.end_of(0), scene.begin_of(1));
  BOOST_TEST(answer.continued);
  BOOST_TEST((answer.outcome == tick_outcome::ticked));
  BOOST_TEST(!answer.ticks_left);
  BOOST_TEST(answer.row.version == before.version + 1);
  BOOST_TEST(answer.row.owned);
  BOOST_TEST((answer.row == scene.row(scene.id)));
  BOOST_TEST(scene.ticks() == 2u);
  BOOST_TEST((scene.status_of(0) == step_status::succeeded));
  BOOST_TEST((scene.status_of(1) == step_status::running));
  BOOST_TEST(scene.story(scene.id) ==
             "RUN_CREATED RUN_PREPARING RUN_STARTED STEP_STARTED STEP_SUCCEEDED STEP_STARTED");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lane_that_was_switched_off_gets_its_run_back, Backend, store_backends) {
  boundary_scene<Backend> scene;
  scene.set({false, "maintenance"});
  const auto answer = scene.cross(scene.end_of(0), scene.begin_of(1));
  BOOST_TEST(!answer.continued);
  BOOST_TEST((answer.outcome == tick_outcome::idle_lane_disabled));
  BOOST_TEST(!answer.row.owned);
  BOOST_TEST((answer.row.status == run_status::running));
  BOOST_TEST((answer.row == scene.row(scene.id)));
  BOOST_TEST(scene.ticks() == 1u);
  BOOST_TEST((scene.status_of(0) == step_status::succeeded));
  BOOST_TEST((scene.status_of(1) == step_status::pending));
  BOOST_TEST((scene.claim(scene.second).outcome == tick_outcome::idle_lane_disabled));
  scene.set({});
  auto next = scene.claim(scene.second);
  BOOST_REQUIRE(next.run);
  BOOST_TEST((scene.finish(*next.run, scene.second).status == run_status::succeeded));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_day_that_is_full_lets_nothing_more_begin, Backend, store_backends) {
  boundary_scene<Backend> scene;
  scene.set({true, "", 1});
  const auto answer = scene.cross(scene.end_of(0), scene.begin_of(1));
  BOOST_TEST(!answer.continued);
  BOOST_TEST((answer.outcome == tick_outcome::idle_cap_reached));
  BOOST_TEST((answer.ticks_left == std::uint64_t{0}));
  BOOST_TEST(!answer.row.owned);
  BOOST_TEST(scene.ticks() == 1u);
  scene.wait(12h);
  BOOST_TEST((scene.claim(scene.second).ticks_left == std::uint64_t{1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_day_needs_room_for_all_that_begins, Backend, store_backends) {
  boundary_scene<Backend> scene;
  scene.set({true, "", 2});
  auto two = scene.begin_of(1);
  two.ticks = 2;
  const auto answer = scene.cross(scene.end_of(0), two);
  BOOST_TEST((answer.outcome == tick_outcome::idle_cap_reached));
  BOOST_TEST((answer.ticks_left == std::uint64_t{1}));
  auto again = scene.claim(scene.first);
  BOOST_REQUIRE(again.run);
  BOOST_TEST((again.ticks_left == std::uint64_t{1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_needs_no_tick_goes_on_when_the_day_is_full, Backend, store_backends) {
  boundary_scene<Backend> scene;
  scene.set({true, "", 1});
  auto next = scene.begin_of(1);
  next.ticks = 0;
  BOOST_TEST(scene.cross(scene.end_of(0), next).continued);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ticks_of_what_ended_and_of_what_begins_are_both_counted, Backend,
                              store_backends) {
  boundary_scene<Backend> scene;
  scene.set({true, "", 5});
  auto ended = scene.end_of(0);
  ended.ticks = 2;
  const auto answer = scene.cross(ended, scene.begin_of(1));
  BOOST_TEST(answer.continued);
  BOOST_TEST(scene.ticks() == 4u);
  BOOST_TEST((answer.ticks_left == std::uint64_t{1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ticks_of_what_ended_count_also_when_nothing_begins, Backend, store_backends) {
  boundary_scene<Backend> scene;
  scene.set({false});
  auto ended = scene.end_of(0);
  ended.ticks = 2;
  BOOST_TEST(!scene.cross(ended, scene.begin_of(1)).continued);
  BOOST_TEST(scene.ticks() == 3u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(without_anything_to_begin_switch_and_cap_are_not_asked, Backend,
                              store_backends) {
  boundary_scene<Backend> scene;
  scene.set({false, "", 0});
  const auto answer = scene.cross(scene.end_of(0), std::nullopt);
  BOOST_TEST(!answer.continued);
  BOOST_TEST((answer.outcome == tick_outcome::ticked));
  BOOST_TEST(answer.row.owned);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stale_owner_neither_ends_nor_begins_anything, Backend, store_backends) {
  boundary_scene<Backend> scene;
  scene.wait(defaults::lease_ttl);
  scene.commit([&] { return reclaim_runs(scene.in(), scene.boot, scene.now, {}, 10); });
  const auto before = scene.row(scene.id);
  BOOST_CHECK_EXCEPTION(scene.cross(scene.end_of(0), scene.begin_of(1)), error, has_code("stale_token"));
  BOOST_TEST((scene.row(scene.id) == before));
  BOOST_TEST(scene.ticks() == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_can_begin_in_a_run_that_is_given_back_or_over, Backend,
                              store_backends) {
  boundary_scene<Backend> scene;
  auto ended = scene.end_of(0);
  const auto next = scene.begin_of(1);
  ended.release = true;
  BOOST_CHECK_EXCEPTION(scene.cross(ended, next), error, has_code("internal"));
  ended.release = false;
  ended.acts.push_back(status_change{run_status::failed});
  BOOST_CHECK_EXCEPTION(scene.cross(ended, next), error, has_code("internal"));
  BOOST_TEST((scene.row(scene.id).status == run_status::running));
}

BOOST_AUTO_TEST_SUITE_END()
