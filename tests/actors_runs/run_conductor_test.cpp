#include "tests/actors_runs/conductor_scene.hpp"

#include <boost/test/unit_test.hpp>

namespace sluice {

namespace {

using scene = conductor_scene;

step_spec exec_step(std::string id, const char* params) {
  return {std::move(id), "exec", {}, json::parse(params)};
}

BOOST_AUTO_TEST_SUITE(run_conductor_suite)

BOOST_FIXTURE_TEST_CASE(a_chain_is_taken_step_by_step_and_then_given_back, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  BOOST_TEST(begun() == "a");
  end(0);
  BOOST_TEST(begun() == "b");
  end(1);
  BOOST_TEST(turn.over());
  BOOST_TEST((status(run) == run_status::succeeded));
  BOOST_TEST(!row(run).owned);
  BOOST_TEST(story(run) == "RUN_CREATED RUN_PREPARING RUN_STARTED STEP_STARTED STEP_SUCCEEDED STEP_STARTED "
                           "STEP_SUCCEEDED RUN_SUCCEEDED");
}

BOOST_FIXTURE_TEST_CASE(independent_steps_begin_together_up_to_the_limit, scene) {
  settings.parallel = 2;
  begin(row_of({"a", "b", "c"}));
  BOOST_TEST(begun() == "a b");
  end(1);
  BOOST_TEST(begun() == "c");
}

BOOST_FIXTURE_TEST_CASE(an_allowance_of_one_tick_gives_the_run_back_after_one_attempt, scene) {
  settings.ticks = 1;
  const auto run = begin(chain_of({"a", "b"}));
  end(0);
  BOOST_TEST(turn.over());
  BOOST_TEST((status(run) == run_status::running));
  BOOST_TEST(conductor->begun() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_step_kind_that_is_not_here_fails_the_run_with_the_reason, scene) {
  auto graph = row_of({"a"});
  graph.steps[0].kind = "unheard_of";
  const auto run = begin(graph);
  BOOST_TEST(turn.over());
  BOOST_TEST((status(run) == run_status::failed));
  BOOST_TEST(row(run).error_code == "unsupported_step_kind");
  BOOST_TEST(row(run).error_text.find("unheard_of") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_policy_blocks_the_run_with_its_reason_until_it_is_resumed, scene) {
  bool allowed = false;
  policy = [&](const step_policy_question& question) -> std::optional<std::string> {
    return allowed ? std::nullopt : std::optional<std::string>("no " + std::string(question.step) + " today");
  };
  const auto run = begin(chain_of({"a"}));
  BOOST_TEST((status(run) == run_status::blocked));
  BOOST_TEST(row(run).error_text == "no a today");
  BOOST_TEST(conductor->begun() == 0U);
  allowed = true;
  tell(run, run_command::resume);
  take_up();
  end(0);
  BOOST_TEST((status(run) == run_status::succeeded));
}

BOOST_FIXTURE_TEST_CASE(a_policy_that_fails_blocks_the_run_with_what_it_said, scene) {
  policy = [](const step_policy_question&) -> std::optional<std::string> {
    throw std::runtime_error("no rules today");
  };
  const auto run = begin(chain_of({"a"}));
  BOOST_TEST((status(run) == run_status::blocked));
  BOOST_TEST(row(run).error_text.find("no rules today") != std::string::npos, row(run).error_text);
}

BOOST_FIXTURE_TEST_CASE(a_policy_that_refuses_beside_a_running_step_blocks_when_that_has_ended, scene) {
  policy = [](const step_policy_question& question) -> std::optional<std::string> {
    return question.step == "b" ? std::optional<std::string>("no") : std::nullopt;
  };
  const auto run = begin(row_of({"a", "b"}));
  BOOST_TEST(begun() == "a");
  BOOST_TEST((status(run) == run_status::running));
  end(0);
  BOOST_TEST((status(run) == run_status::blocked));
}

BOOST_FIXTURE_TEST_CASE(a_reference_that_leads_nowhere_fails_the_step_without_an_attempt_more, scene) {
  auto graph = chain_of({"a", "b"});
  graph.steps[1] = exec_step("b", R"({"argv": ["echo", "${steps.a.result.missing}"]})");
  graph.steps[1].deps = {"a"};
  graph.steps[1].retry.max_attempts = 5;
  const auto run = begin(graph);
  end(0);
  BOOST_TEST((status(run) == run_status::failed));
  BOOST_TEST(row(run).error_code == "bad_reference");
}

BOOST_FIXTURE_TEST_CASE(params_are_checked_again_once_references_are_replaced, scene) {
  auto graph = chain_of({"a", "b"});
  graph.steps[1] = exec_step("b", R"({"argv": "${steps.a.result.list}"})");
  graph.steps[1].deps = {"a"};
  const auto run = begin(graph);
  attempt_outcome outcome;
  outcome.result = json::parse(R"({"list": []})");
  end(0, outcome);
  BOOST_TEST((status(run) == run_status::failed));
  BOOST_TEST(row(run).error_code == "bad_params");
}

BOOST_FIXTURE_TEST_CASE(a_retry_soon_is_waited_for_with_the_run_in_hand, scene) {
  settings.patience = std::chrono::hours{1};
  auto graph = chain_of({"a"});
  graph.steps[0].retry.max_attempts = 2;
  graph.steps[0].retry.jitter = 0;
  const auto run = begin(graph);
  fail(0);
  BOOST_TEST(!turn.over());
  BOOST_REQUIRE(turn.wake_at.has_value());
  wait(*turn.wake_at - now);
  write(conductor->advance(now));
  BOOST_TEST(begun() == "a");
  BOOST_TEST(conductor->steps().step(0).attempts == 2U);
  end(0);
  BOOST_TEST((status(run) == run_status::succeeded));
}

BOOST_FIXTURE_TEST_CASE(a_retry_later_gives_the_run_back_until_it_is_due, scene) {
  auto graph = chain_of({"a"});
  graph.steps[0].retry.max_attempts = 2;
  const auto run = begin(graph);
  fail(0);
  BOOST_TEST(turn.over());
  BOOST_TEST((row(run).available_at > now));
  BOOST_TEST((claim(first).outcome == tick_outcome::idle_no_runs));
}

BOOST_FIXTURE_TEST_CASE(a_failed_step_fails_the_run_when_the_others_have_ended, scene) {
  const auto run = begin(row_of({"a", "b"}));
  fail(0);
  BOOST_TEST((status(run) == run_status::running));
  end(1);
  BOOST_TEST((status(run) == run_status::failed));
  BOOST_TEST(row(run).error_code == "broken");
}

BOOST_FIXTURE_TEST_CASE(a_pause_while_a_step_is_busy_is_finished_at_its_end, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  command(run, run_command::pause);
  BOOST_TEST((status(run) == run_status::pausing));
  BOOST_TEST(turn.hold);
  end(0);
  BOOST_TEST((status(run) == run_status::paused));
  BOOST_TEST(turn.over());
}

BOOST_FIXTURE_TEST_CASE(a_step_that_stands_still_keeps_the_lease_of_its_paused_run, scene) {
  const auto run = begin(chain_of({"a"}));
  command(run, run_command::pause);
  write(conductor->stands_still(0, conductor->hold_number(), now));
  BOOST_TEST((status(run) == run_status::paused));
  BOOST_TEST(!turn.over());
  command(run, run_command::resume);
  BOOST_TEST((status(run) == run_status::running));
  BOOST_TEST(turn.go_on);
  end(0);
  BOOST_TEST((status(run) == run_status::succeeded));
}

BOOST_FIXTURE_TEST_CASE(a_step_that_goes_on_does_not_count_as_standing_still_at_the_next_pause, scene) {
  const auto run = begin(chain_of({"a"}));
  command(run, run_command::pause);
  const auto old = conductor->hold_number();
  write(conductor->stands_still(0, old, now));
  command(run, run_command::resume);
  command(run, run_command::pause);
  BOOST_TEST(turn.hold);
  BOOST_TEST((status(run) == run_status::pausing));
  // A late word about the first pause.
  write(conductor->stands_still(0, old, now));
  BOOST_TEST((status(run) == run_status::pausing));
  write(conductor->stands_still(0, conductor->hold_number(), now));
  BOOST_TEST((status(run) == run_status::paused));
}

BOOST_FIXTURE_TEST_CASE(a_step_held_for_a_command_that_is_withdrawn_goes_on, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  command(run, run_command::intervene);
  BOOST_TEST(turn.hold);
  tell(run, run_command::resume);
  const auto before = *conductor;
  const auto hold = conductor->hold_number();
  BOOST_CHECK_EXCEPTION(write(conductor->stands_still(0, hold, now)), error,
                        [](const error& refused) { return refused.code() == "command_replaced"; });
  // As its actor does.
  *conductor = before;
  conductor->forget_command();
  write(conductor->stands_still(0, hold, now));
  BOOST_TEST(turn.go_on);
  BOOST_TEST((status(run) == run_status::running));
  end(0);
  BOOST_TEST(begun() == "b");
}

BOOST_FIXTURE_TEST_CASE(nothing_more_begins_while_a_command_waits_for_the_boundary, scene) {
  settings.parallel = 2;
  auto graph = row_of({"a", "b"});
  graph.steps.push_back(noop_step("c", {"a"}));
  const auto run = begin(graph);
  BOOST_TEST(begun() == "a b");
  command(run, run_command::intervene);
  end(0);
  BOOST_TEST(begun().empty());
  BOOST_TEST((status(run) == run_status::running));
  end(1);
  BOOST_TEST((status(run) == run_status::intervening));
}

BOOST_FIXTURE_TEST_CASE(a_cancel_interrupts_what_is_under_way_and_is_finished_at_its_end, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  command(run, run_command::cancel);
  BOOST_TEST((status(run) == run_status::cancelling));
  BOOST_TEST(turn.interrupt);
  fail(0);
  BOOST_TEST((status(run) == run_status::cancelled));
  BOOST_TEST((conductor->steps().step(0).status == step_status::cancelled));
  BOOST_TEST(turn.over());
}

BOOST_FIXTURE_TEST_CASE(what_succeeds_although_it_was_cancelled_has_succeeded, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  command(run, run_command::cancel);
  end(0);
  BOOST_TEST((status(run) == run_status::cancelled));
  BOOST_TEST((conductor->steps().step(0).status == step_status::succeeded));
}

BOOST_FIXTURE_TEST_CASE(intervene_waits_for_the_boundary_and_fail_follows, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  command(run, run_command::intervene);
  BOOST_TEST((status(run) == run_status::running));
  end(0);
  BOOST_TEST((status(run) == run_status::intervening));
  BOOST_TEST(turn.over());
  tell(run, run_command::fail);
  BOOST_TEST((status(run) == run_status::failed));
}

BOOST_FIXTURE_TEST_CASE(a_command_that_was_replaced_meanwhile_is_refused_by_the_store, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  tell(run, run_command::intervene);
  const auto old = commit([&] { return in().commands().undelivered(run); }).value();
  tell(run, run_command::resume);
  write(conductor->tell(old, now));
  BOOST_CHECK_EXCEPTION(end(0), error,
                        [](const error& refused) { return refused.code() == "command_replaced"; });
}

BOOST_FIXTURE_TEST_CASE(a_closed_lane_takes_the_run_back_at_the_boundary, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  commit([&] {
    in().lanes().set_settings("default", "default", {false, "stop"});
    return 0;
  });
  end(0);
  BOOST_TEST(!answer->continued);
  BOOST_TEST((status(run) == run_status::running));
  BOOST_TEST(!row(run).owned);
  BOOST_TEST((conductor->steps().step(1).status == step_status::pending));
}

BOOST_FIXTURE_TEST_CASE(a_closed_lane_waits_for_the_other_steps_before_it_takes_the_run_back, scene) {
  settings.parallel = 2;
  const auto run = begin(row_of({"a", "b", "c"}));
  commit([&] {
    in().lanes().set_settings("default", "default", {false, "stop"});
    return 0;
  });
  end(0);
  BOOST_TEST(!answer->continued);
  BOOST_TEST(row(run).owned);
  end(1);
  BOOST_TEST(turn.over());
  BOOST_TEST((status(run) == run_status::running));
  BOOST_TEST((conductor->steps().step(2).attempts == 0U));
}

BOOST_FIXTURE_TEST_CASE(a_worker_that_ends_hands_the_run_back_at_the_boundary, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  write(conductor->hand_back(now));
  BOOST_TEST(!turn.over());
  end(0);
  BOOST_TEST(turn.over());
  BOOST_TEST((status(run) == run_status::running));
}

BOOST_FIXTURE_TEST_CASE(an_attempt_that_a_worker_cuts_off_is_lost_and_counts_for_nothing, scene) {
  const auto run = begin(chain_of({"a"}));
  write(conductor->hand_back(now));
  conductor->cut_off();
  end(0, {attempt_status::cancelled});
  BOOST_TEST(turn.over());
  BOOST_TEST((status(run) == run_status::running));
  const auto& step = conductor->steps().step(0);
  BOOST_TEST((step.status == step_status::pending));
  BOOST_TEST(step.lost_in_row == 0U);
  BOOST_TEST(step.failures == 0U);
}

BOOST_FIXTURE_TEST_CASE(attempts_that_never_began_are_lost_and_count_for_nothing, scene) {
  settings.parallel = 2;
  const auto run = begin(row_of({"a", "b"}));
  write(conductor->return_unbegun(now));
  BOOST_TEST(turn.over());
  BOOST_TEST(!row(run).owned);
  BOOST_TEST((status(run) == run_status::running));
  for (const auto& each : commit([&] { return in().steps().list(run); })) {
    BOOST_TEST((each.progress.status == step_status::pending));
    BOOST_TEST(each.progress.attempts == 1U);
    BOOST_TEST(each.progress.lost_in_row == 0U);
  }
}

BOOST_FIXTURE_TEST_CASE(an_attempt_that_outlives_its_lease_is_lost_and_not_failed, scene) {
  const auto run = begin(chain_of({"a", "b"}));
  end(0, {attempt_status::lost, {}, "lease_expired", "too late"});
  BOOST_TEST(turn.over());
  BOOST_TEST((status(run) == run_status::running));
  const auto& step = conductor->steps().step(0);
  BOOST_TEST((step.status == step_status::pending));
  BOOST_TEST(step.failures == 0U);
  BOOST_TEST(step.lost_in_row == 1U);
  take_up();
  BOOST_TEST(begun() == "a");
}

BOOST_FIXTURE_TEST_CASE(what_an_attempt_says_is_told_before_its_end, scene) {
  const auto run = begin(chain_of({"a"}));
  conductor->note(step_log_event({run, "a", 1, 1}, "hello"));
  end(0);
  BOOST_TEST(story(run).find("STEP_LOG STEP_SUCCEEDED") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_end_of_an_attempt_that_is_not_the_last_is_ignored, scene) {
  begin(chain_of({"a"}));
  write(conductor->end_attempt(0, 7, {}, now, {}));
  BOOST_TEST(!turn.writes());
  BOOST_TEST(conductor->is_under_way(0, 1));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace sluice
