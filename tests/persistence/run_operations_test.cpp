#include "model/base/error.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(run_operations)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_noop_run_is_created_claimed_and_succeeds, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  BOOST_TEST((scene.row(id).status == run_status::queued));
  auto claim = scene.claim(scene.first);
  BOOST_REQUIRE(claim.run);
  BOOST_TEST((claim.outcome == tick_outcome::ticked));
  BOOST_TEST((claim.run->row.status == run_status::preparing));
  BOOST_TEST(claim.run->token == 1u);
  const auto row = scene.finish(*claim.run, scene.first);
  BOOST_TEST((row.status == run_status::succeeded));
  BOOST_TEST(!row.owned);
  BOOST_TEST((row.finished_at == scene.now));
  BOOST_TEST((row == scene.row(id)));
  BOOST_TEST(scene.story(id) ==
             "RUN_CREATED RUN_PREPARING RUN_STARTED STEP_STARTED STEP_SUCCEEDED RUN_SUCCEEDED");
  BOOST_TEST((scene.claim(scene.first).outcome == tick_outcome::idle_no_runs));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_key_and_body_give_one_run, Backend, store_backends) {
  store_scene<Backend> scene;
  run_submission submission;
  submission.graph = chain_of({"a"});
  submission.idempotency_key = "nightly";
  const auto created = scene.submit(submission);
  BOOST_TEST(!created.existing);
  const auto again = scene.submit(submission);
  BOOST_TEST(again.existing);
  BOOST_TEST((again.id == created.id));
  auto other = submission;
  other.priority = 1;
  BOOST_CHECK_EXCEPTION(scene.submit(other), error, has_code("idempotency_conflict"));
  other.env = "elsewhere";
  BOOST_TEST(!scene.submit(other).existing);
  BOOST_TEST(scene.commit([&] { return scene.in().runs().list({}).size(); }) == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_has_one_owner, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  BOOST_TEST((scene.claim(scene.second).outcome == tick_outcome::idle_lease_held));
  scene.commit([&] {
    hand_back(scene.in(), id, {scene.first, claim.run->token}, scene.now);
    return 0;
  });
  const auto next = scene.claim(scene.second);
  BOOST_REQUIRE(next.run);
  BOOST_TEST(next.run->token == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expired_owner_is_followed_and_its_writes_are_refused, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a", "b"});
  auto old = scene.claim(scene.first);
  scene.begin_running(*old.run, scene.first);
  scene.take_step(*old.run, scene.first, 0);
  scene.begin_step(*old.run, scene.first, 1);
  const auto reclaim = [&] {
    return scene.commit([&] { return reclaim_runs(scene.in(), scene.boot, scene.now, {}, 10).size(); });
  };
  scene.wait(defaults::lease_ttl - 1ms);
  BOOST_TEST(reclaim() == 0u);
  scene.wait(1ms);
  BOOST_TEST(reclaim() == 1u);
  BOOST_TEST(reclaim() == 0u);
  auto next = scene.claim(scene.second);
  BOOST_REQUIRE(next.run);
  BOOST_TEST(next.run->token > old.run->token);
  BOOST_CHECK_EXCEPTION(scene.end_step(*old.run, scene.first, 1), error, has_code("stale_token"));
  scene.finish(*next.run, scene.second);
  BOOST_TEST(scene.story(id) == "RUN_CREATED RUN_PREPARING RUN_STARTED STEP_STARTED STEP_SUCCEEDED "
                                "STEP_STARTED STEP_LOST STEP_STARTED STEP_SUCCEEDED RUN_SUCCEEDED");
  const auto steps = scene.commit([&] { return scene.in().steps().list(id); });
  BOOST_REQUIRE(steps.size() == 2u);
  BOOST_TEST(steps[0].progress.attempts == 1u);
  BOOST_TEST(steps[1].progress.attempts == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_runs_of_a_dead_owner_are_free_at_once, Backend, store_backends) {
  store_scene<Backend> scene;
  scene.submit_chain({"a"});
  scene.submit_chain({"a"});
  scene.claim(scene.first);
  scene.claim(scene.second);
  const auto freed = scene.commit([&] {
    return reclaim_runs(
        scene.in(), scene.boot, scene.now, [&](const lease_owner& owner) { return owner == scene.first; },
        10);
  });
  BOOST_TEST(freed.size() == 1u);
  BOOST_TEST(scene.claim(scene.second).run.has_value());
  BOOST_TEST((scene.claim(scene.second).outcome == tick_outcome::idle_lease_held));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_renewed_lease_does_not_expire, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  scene.claim(scene.first);
  scene.wait(10s);
  const auto renew = [&](const lease_owner& owner, std::uint64_t token) {
    return scene.commit([&] {
      return renew_leases(scene.in(), owner, {{id, token}}, scene.boot, defaults::lease_ttl).front();
    });
  };
  BOOST_TEST((renew(scene.first, 1) == lease_refusal::none));
  BOOST_TEST((renew(scene.second, 1) == lease_refusal::lost));
  BOOST_TEST((renew(scene.first, 9) == lease_refusal::stale_token));
  scene.wait(10s);
  BOOST_TEST(scene.commit([&] { return scene.in().leases().expired(scene.boot, 10).size(); }) == 0u);
  scene.wait(5s);
  BOOST_TEST((renew(scene.first, 1) == lease_refusal::lost));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_writer_that_missed_a_change_is_refused_and_changes_nothing, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  auto stale = *claim.run;
  scene.begin_running(*claim.run, scene.first);
  const auto before = scene.row(id);
  auto change = scene.change_of(stale, scene.first);
  change.acts = {status_change{run_status::failed}};
  change.release = true;
  BOOST_CHECK_EXCEPTION(scene.apply(stale, change), error, has_code("version_conflict"));
  BOOST_TEST((scene.row(id) == before));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_unit_of_work_is_all_or_nothing, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  const auto before = scene.row(id);
  const auto story = scene.story(id);
  auto change = scene.change_of(*claim.run, scene.first);
  change.steps = {{"a", {}, scene.now}};
  change.ticks = 1;
  // The second change of status is illegal: the first must not stay.
  change.acts = {status_change{run_status::running}, status_change{run_status::cancelled}};
  BOOST_CHECK_EXCEPTION(scene.apply(*claim.run, change), error, has_code("invalid_transition"));
  BOOST_TEST((scene.row(id) == before));
  BOOST_TEST(scene.story(id) == story);
  BOOST_TEST(scene.commit([&] { return scene.in().steps().list(id).size(); }) == 0u);
  BOOST_TEST(scene.commit([&] { return scene.in().lanes().usage("default", "default").ticks; }) == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(three_runs_and_one_tick_leave_two_queued, Backend, store_backends) {
  store_scene<Backend> scene;
  for (int i = 0; i < 3; ++i)
    scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  scene.finish(*claim.run, scene.first);
  const auto count = [&](run_status status) {
    run_filter filter;
    filter.status = status;
    return scene.commit([&] { return scene.in().runs().list(filter).size(); });
  };
  BOOST_TEST(count(run_status::succeeded) == 1u);
  BOOST_TEST(count(run_status::queued) == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(caps_and_the_kill_switch_hold_up_new_claims, Backend, store_backends) {
  store_scene<Backend> scene;
  scene.submit_chain({"a"});
  scene.submit_chain({"a"});
  const auto set = [&](const lane_settings& settings) {
    scene.commit([&] {
      scene.in().lanes().set_settings("default", "default", settings);
      return 0;
    });
  };
  lane_settings lane;
  lane.enabled = false;
  set(lane);
  BOOST_TEST((scene.claim(scene.first).outcome == tick_outcome::idle_lane_disabled));
  lane.enabled = true;
  lane.concurrent_runs = 1;
  set(lane);
  auto claim = scene.claim(scene.first);
  BOOST_REQUIRE(claim.run);
  BOOST_TEST((scene.claim(scene.first).outcome == tick_outcome::idle_cap_reached));
  scene.finish(*claim.run, scene.first);
  lane.ticks_per_day = 1;
  set(lane);
  BOOST_TEST((scene.claim(scene.first).outcome == tick_outcome::idle_cap_reached));
  scene.wait(12h);
  BOOST_TEST((scene.claim(scene.first).outcome == tick_outcome::ticked));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_at_its_cap_gives_way_to_the_next, Backend, store_backends) {
  store_scene<Backend> scene;
  scene.budget = tick_budget({{}, 1});
  const auto first = scene.submit_chain({"a"});
  scene.budget.count(first);
  BOOST_TEST((scene.claim(scene.first).outcome == tick_outcome::idle_cap_reached));
  const auto second = scene.submit_chain({"a"});
  const auto claim = scene.claim(scene.first);
  BOOST_REQUIRE(claim.run);
  BOOST_TEST((claim.run->row.id == second));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_tenth_lost_attempt_fails_the_run, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  for (unsigned i = 0; i < defaults::crash_loop_attempts; ++i) {
    auto claim = scene.claim(scene.first);
    BOOST_REQUIRE(claim.run);
    scene.begin_running(*claim.run, scene.first);
    scene.begin_step(*claim.run, scene.first, 0);
    scene.wait(defaults::lease_ttl);
    scene.commit([&] { return reclaim_runs(scene.in(), scene.boot, scene.now, {}, 10); });
  }
  const auto last = scene.claim(scene.first);
  BOOST_TEST((last.outcome == tick_outcome::ticked));
  BOOST_TEST(!last.run);
  const auto row = scene.row(id);
  BOOST_TEST((row.status == run_status::failed));
  BOOST_TEST(row.error_code == "crash_loop");
  BOOST_TEST(!row.owned);
  BOOST_TEST((scene.tell(id, run_command::resume).status == run_status::queued));
  BOOST_TEST(scene.claim(scene.first).run.has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_that_cannot_be_read_is_set_aside_and_holds_up_nobody, Backend,
                              store_backends) {
  const std::vector<std::pair<run_status, run_status>> ways = {
      {run_status::queued, run_status::blocked},
      {run_status::preparing, run_status::blocked},
      {run_status::running, run_status::blocked},
      {run_status::pausing, run_status::paused},
      {run_status::cancelling, run_status::cancelled}};
  for (const auto& [from, to] : ways) {
    store_scene<Backend> scene;
    run_row damaged;
    damaged.id = scene.ids.make(scene.now);
    damaged.env = damaged.lane = "default";
    damaged.status = from;
    damaged.available_at = damaged.created_at = damaged.updated_at = scene.now;
    scene.commit([&] {
      scene.in().runs().insert(damaged, {R"({"version": 7})", "null"});
      return 0;
    });
    const auto sound = scene.submit_chain({"a"});
    const auto first = scene.claim(scene.first);
    BOOST_TEST((first.outcome == tick_outcome::ticked));
    BOOST_TEST(!first.run);
    BOOST_TEST((scene.row(damaged.id).status == to));
    BOOST_TEST(!scene.row(damaged.id).owned);
    if (to == run_status::blocked)
      BOOST_TEST(scene.row(damaged.id).error_code == "run_unreadable");
    BOOST_TEST((scene.claim(scene.first).run.value().row.id == sound));
  }
}

BOOST_AUTO_TEST_SUITE_END()
