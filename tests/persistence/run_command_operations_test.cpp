#include "model/base/error.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

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

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cancel_of_a_run_that_was_reclaimed_ends_its_attempts, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto run = *scene.claim(scene.first).run;
  scene.begin_running(run, scene.first);
  scene.begin_step(run, scene.first, 0);
  scene.wait(defaults::lease_ttl);
  scene.commit([&] { return reclaim_runs(scene.in(), scene.boot, scene.now, {}, 10).size(); });
  scene.tell(id, run_command::cancel);
  const auto steps = scene.commit([&] { return scene.in().steps().list(id); });
  BOOST_TEST((steps.front().progress.status == step_status::pending));
  BOOST_TEST(scene.story(id).find("STEP_LOST") != std::string::npos);
  BOOST_TEST((scene.row(id).status == run_status::cancelled));
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

/// Writes that the run waits for a person, as its owner, who has not heard of a command yet.
template <class Scene>
void block(Scene& scene, claimed_run& run) {
  auto change = scene.change_of(run, scene.first);
  change.acts = {status_change{run_status::blocked, {"policy", "not today", "", "", ""}}};
  change.release = true;
  scene.apply(run, change);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cancel_that_comes_in_while_its_owner_blocks_the_run_acts_all_the_same,
                              Backend, store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  scene.begin_running(*claim.run, scene.first);
  scene.tell(id, run_command::cancel);
  block(scene, *claim.run);
  BOOST_TEST((scene.row(id).status == run_status::cancelled));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_pause_that_comes_too_late_for_a_blocked_run_is_done_without_effect, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto id = scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  scene.begin_running(*claim.run, scene.first);
  scene.tell(id, run_command::pause);
  block(scene, *claim.run);
  BOOST_TEST((scene.row(id).status == run_status::blocked));
  BOOST_TEST(!scene.commit([&] { return scene.in().commands().undelivered(id); }));
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
