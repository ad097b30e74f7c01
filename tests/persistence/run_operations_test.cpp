#include "model/base/error.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

auto has_code(const std::string& code) {
  return [code](const error& trouble) {
    BOOST_TEST_MESSAGE(trouble.code() << ": " << trouble.what());
    return trouble.code() == code;
  };
}

} // namespace

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
  change.counts_tick = true;
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

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(run_command_operations)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_that_nobody_is_on_is_cancelled_at_once, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  const auto answer = scene.tell(id, run_command::cancel);
  BOOST_TEST(answer.changed);
  BOOST_TEST((answer.status == run_status::cancelled));
  BOOST_TEST(scene.story(id) == "RUN_CREATED COMMAND_RECEIVED RUN_CANCELLING RUN_CANCELLED");
  BOOST_TEST(!scene.tell(id, run_command::cancel).changed);
  BOOST_TEST((scene.claim(scene.first).outcome == tick_outcome::idle_no_runs));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_owner_is_told_and_a_later_command_replaces, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  BOOST_TEST((scene.tell(id, run_command::pause).status == run_status::preparing));
  BOOST_TEST(scene.tell(id, run_command::cancel).changed);
  BOOST_TEST(!scene.tell(id, run_command::cancel).changed);
  const auto commands = scene.commit([&] { return scene.in().commands().list(id); });
  BOOST_REQUIRE(commands.size() == 2u);
  BOOST_TEST((commands[0].state == command_state::replaced));
  BOOST_TEST((commands[1].state == command_state::undelivered));
  BOOST_TEST(commands[1].by == "ann");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_command_on_its_way_does_not_get_in_the_way_of_the_owner, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  scene.begin_running(*claim.run, scene.first);
  scene.begin_step(*claim.run, scene.first, 0);
  scene.tell(id, run_command::pause);
  BOOST_CHECK_NO_THROW(scene.end_step(*claim.run, scene.first, 0));
  auto change = scene.change_of(*claim.run, scene.first);
  change.acts = {status_change{run_status::pausing}, status_change{run_status::paused, {"ann", "because"}}};
  change.delivered_command = scene.commit([&] { return scene.in().commands().undelivered(id); })->id;
  change.release = true;
  scene.apply(*claim.run, change);
  BOOST_TEST(scene.story(id) == "RUN_CREATED RUN_PREPARING RUN_STARTED STEP_STARTED COMMAND_RECEIVED "
                                "STEP_SUCCEEDED RUN_PAUSING RUN_PAUSED");
  BOOST_TEST(!scene.commit([&] { return scene.in().commands().undelivered(id); }));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_person_fails_a_run_after_taking_over, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  scene.begin_running(*claim.run, scene.first);
  auto change = scene.change_of(*claim.run, scene.first);
  change.release = true;
  scene.apply(*claim.run, change);
  BOOST_TEST((scene.tell(id, run_command::intervene).status == run_status::intervening));
  BOOST_TEST((scene.tell(id, run_command::fail).status == run_status::failed));
  BOOST_TEST(scene.row(id).error_code == "failed_by_command");
  BOOST_TEST(scene.row(id).error_text == "because");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cancel_of_a_run_whose_owner_is_gone_acts_at_once, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  scene.begin_running(*claim.run, scene.first);
  scene.begin_step(*claim.run, scene.first, 0);
  scene.wait(defaults::lease_ttl);
  BOOST_TEST((scene.tell(id, run_command::cancel).status == run_status::cancelled));
  BOOST_CHECK_EXCEPTION(scene.end_step(*claim.run, scene.first, 0), error, has_code("stale_token"));
  BOOST_TEST(!scene.row(id).owned);
  BOOST_TEST(scene.story(id) ==
             "RUN_CREATED RUN_PREPARING RUN_STARTED STEP_STARTED COMMAND_RECEIVED STEP_LOST "
             "RUN_CANCELLING RUN_CANCELLED");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_command_that_its_owner_never_carried_out_is_left_to_the_next, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  scene.claim(scene.first);
  scene.tell(id, run_command::pause);
  scene.wait(defaults::lease_ttl);
  scene.commit([&] { return reclaim_runs(scene.in(), scene.boot, scene.now, {}, 10); });
  const auto next = scene.claim(scene.second);
  BOOST_REQUIRE(next.run);
  BOOST_REQUIRE(next.run->undelivered);
  BOOST_TEST((next.run->undelivered->command == run_command::pause));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_resume_left_by_a_dead_owner_of_a_paused_flow_is_carried_out, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  scene.begin_running(*claim.run, scene.first);
  scene.begin_step(*claim.run, scene.first, 0);
  auto change = scene.change_of(*claim.run, scene.first);
  change.acts = {status_change{run_status::pausing}, status_change{run_status::paused}};
  scene.apply(*claim.run, change);
  scene.tell(id, run_command::resume);
  BOOST_TEST((scene.row(id).status == run_status::paused));
  scene.wait(defaults::lease_ttl);
  scene.commit([&] { return reclaim_runs(scene.in(), scene.boot, scene.now, {}, 10); });
  BOOST_TEST((scene.row(id).status == run_status::running));
  const auto next = scene.claim(scene.second);
  BOOST_REQUIRE(next.run);
  BOOST_TEST((next.run->steps.step(0).status == step_status::pending));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cancel_reaches_children_and_not_retries, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto parent = scene.submit_chain({"a"});
  run_submission submission;
  submission.graph = chain_of({"a"});
  submission.lane = "children";
  submission.parent_run_id = parent;
  const auto child = scene.submit(submission).id;
  const auto owned_child = scene.submit(submission).id;
  submission.parent_run_id = child;
  const auto grandchild = scene.submit(submission).id;
  submission.parent_run_id.reset();
  submission.retry_of = parent;
  const auto retry = scene.submit(submission).id;
  scene.claim(scene.first, "children");
  BOOST_TEST(scene.row(child).owned);
  scene.tell(parent, run_command::cancel);
  BOOST_TEST((scene.row(child).status == run_status::preparing));
  BOOST_TEST((scene.commit([&] { return scene.in().commands().undelivered(child); })->command ==
              run_command::cancel));
  BOOST_TEST((scene.row(owned_child).status == run_status::cancelled));
  BOOST_TEST((scene.row(grandchild).status == run_status::cancelled));
  BOOST_TEST((scene.row(retry).status == run_status::queued));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_run_and_an_impossible_command_are_errors, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  BOOST_CHECK_EXCEPTION(scene.tell(id, run_command::fail), error, has_code("invalid_transition"));
  BOOST_CHECK_EXCEPTION(scene.commit([&] {
    return command_run(scene.in(), {uuid{}, run_command::pause, "ann", "", false, scene.now});
  }),
                        error, has_code("not_found"));
  BOOST_TEST(scene.story(id) == "RUN_CREATED");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_command_that_changes_something_is_audited, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  scene.tell(id, run_command::pause);
  scene.tell(id, run_command::pause);
  const auto rows = scene.commit([&] { return scene.in().audit().since(0, 10); });
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].actor == "ann");
  BOOST_TEST(rows[0].action == "run.pause");
  BOOST_TEST(rows[0].subject == to_string(id));
}

BOOST_AUTO_TEST_SUITE_END()
