#include "model/base/error.hpp"
#include "model/run/run_progress.hpp"
#include "tests/support/step_graphs.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using kind = run_outlook::kind;
using indices = std::vector<std::size_t>;

const utc_time now{1'000'000ms};

/// Runs one attempt at `step` to its end.
void attempt(run_progress& steps, std::size_t step, attempt_outcome outcome = {}, utc_time at = now) {
  steps.begin_attempt(step);
  steps.end_attempt(step, outcome, at, [] { return std::uint64_t{0}; });
}

attempt_outcome failure(bool retryable = true) {
  attempt_outcome outcome{attempt_status::failed, {}, "exit_status", "it ended with 1"};
  outcome.retryable = retryable;
  return outcome;
}

/// The ids of steps, in the order in which they run when each succeeds.
std::string order_of(const step_graph& graph, std::size_t parallel) {
  run_progress steps(graph);
  std::string order;
  for (auto next = steps.outlook(now, parallel); next.next == kind::begin;
       next = steps.outlook(now, parallel))
    for (const auto step : next.ready) {
      order += steps.spec(step).id;
      attempt(steps, step);
    }
  BOOST_TEST((steps.outlook(now, parallel).next == kind::succeeded));
  return order;
}

bool is_invalid(const error& trouble) {
  return trouble.code() == "invalid_transition";
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_steps)

BOOST_AUTO_TEST_CASE(the_entry_step_goes_first_and_then_the_names_decide) {
  auto graph = row_of({"d", "b", "c", "a"});
  BOOST_TEST(order_of(graph, 1) == "abcd");
  graph.entry_step = "c";
  BOOST_TEST(order_of(graph, 1) == "cabd");
  BOOST_TEST(order_of(graph, 4) == "cabd");
}

BOOST_AUTO_TEST_CASE(dependencies_come_before_names) {
  step_graph graph;
  graph.steps = {noop_step("a", {"z"}), noop_step("z"), noop_step("b", {"a", "y"}), noop_step("y", {"z"})};
  BOOST_TEST(order_of(graph, 1) == "zayb");
}

BOOST_AUTO_TEST_CASE(no_more_steps_are_under_way_than_the_limit) {
  run_progress steps(row_of({"a", "b", "c"}));
  BOOST_TEST((steps.outlook(now, 2).ready == indices{0, 1}));
  steps.begin_attempt(0);
  BOOST_TEST((steps.outlook(now, 2).ready == indices{1}));
  steps.begin_attempt(1);
  BOOST_TEST((steps.outlook(now, 2).next == kind::busy));
  BOOST_TEST((steps.outlook(now, 3).ready == indices{2}));
}

BOOST_AUTO_TEST_CASE(a_run_succeeds_when_every_step_has) {
  run_progress steps(chain_of({"a", "b"}));
  attempt(steps, 0);
  BOOST_TEST((steps.outlook(now, 1).ready == indices{1}));
  attempt(steps, 1);
  BOOST_TEST((steps.outlook(now, 1) == run_outlook{kind::succeeded}));
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_for_good_fails_the_run_once_the_others_have_ended) {
  run_progress steps(row_of({"a", "b", "c"}));
  steps.begin_attempt(0);
  attempt(steps, 1, failure());
  BOOST_TEST((steps.step(1).status == step_status::failed));
  BOOST_TEST(steps.step(1).error_code == "exit_status");
  auto next = steps.outlook(now, 4);
  BOOST_TEST((next.next == kind::busy));
  BOOST_TEST(next.failed_step.value() == 1u);
  steps.end_attempt(0, {}, now, {});
  next = steps.outlook(now, 4);
  BOOST_TEST((next.next == kind::failed));
  BOOST_TEST(next.ready.empty());
}

BOOST_AUTO_TEST_CASE(a_failed_step_waits_for_its_next_attempt) {
  auto graph = row_of({"a"});
  graph.steps[0].retry = {3, backoff_kind::exponential, 1s, 60s, 0};
  run_progress steps(graph);
  attempt(steps, 0, failure());
  const auto waiting = steps.outlook(now, 1);
  BOOST_TEST((waiting.next == kind::wait));
  BOOST_TEST((waiting.due == now + 1s));
  BOOST_TEST((steps.outlook(now + 999ms, 1).next == kind::wait));
  BOOST_TEST((steps.outlook(now + 1s, 1).ready == indices{0}));
  BOOST_TEST(steps.begin_attempt(0) == 2u);
  BOOST_TEST(!steps.step(0).not_before);
  steps.end_attempt(0, failure(), now, {});
  BOOST_TEST((steps.outlook(now, 1).due == now + 2s));
  attempt(steps, 0, failure());
  BOOST_TEST((steps.outlook(now, 1).next == kind::failed));
  BOOST_TEST(steps.step(0).attempts == 3u);
}

BOOST_AUTO_TEST_CASE(the_earliest_of_several_retries_is_due_first) {
  auto graph = row_of({"a", "b", "c"});
  graph.steps[0].retry = {2, backoff_kind::fixed, 5s, 60s, 0};
  graph.steps[1].retry = {2, backoff_kind::fixed, 3s, 60s, 0};
  run_progress steps(graph);
  attempt(steps, 0, failure());
  attempt(steps, 1, failure());
  auto next = steps.outlook(now, 4);
  BOOST_TEST((next.ready == indices{2}));
  BOOST_TEST((next.due == now + 3s));
  steps.begin_attempt(2);
  next = steps.outlook(now, 4);
  BOOST_TEST((next.next == kind::busy));
  BOOST_TEST((next.due == now + 3s));
}

BOOST_AUTO_TEST_CASE(a_failure_that_would_come_again_is_not_retried) {
  auto graph = row_of({"a"});
  graph.steps[0].retry.max_attempts = 5;
  run_progress steps(graph);
  attempt(steps, 0, failure(false));
  BOOST_TEST((steps.outlook(now, 1).next == kind::failed));
}

BOOST_AUTO_TEST_CASE(lost_attempts_do_not_use_up_the_budget) {
  run_progress steps(row_of({"a"}));
  for (unsigned i = 1; i <= 5; ++i) {
    BOOST_TEST(steps.begin_attempt(0) == i);
    BOOST_TEST((steps.lose_attempts() == indices{0}));
    BOOST_TEST(steps.step(0).lost_in_row == i);
  }
  BOOST_TEST((steps.outlook(now, 1).ready == indices{0}));
  BOOST_TEST(steps.step(0).failures == 0u);
}

BOOST_AUTO_TEST_CASE(a_resumed_run_keeps_finished_steps_and_gets_a_fresh_budget) {
  auto graph = chain_of({"a", "b", "c"});
  graph.steps[1].retry = {2, backoff_kind::fixed, 1s, 60s, 0};
  run_progress steps(graph);
  attempt(steps, 0);
  attempt(steps, 1, failure());
  attempt(steps, 1, failure(), now + 1s);
  BOOST_TEST((steps.outlook(now, 1).next == kind::failed));
  steps.renew_budgets();
  BOOST_TEST((steps.step(0).status == step_status::succeeded));
  BOOST_TEST((steps.outlook(now, 1).ready == indices{1}));
  BOOST_TEST(steps.begin_attempt(1) == 3u);
  steps.end_attempt(1, failure(), now, {});
  BOOST_TEST((steps.outlook(now, 1).next == kind::wait));
}

BOOST_AUTO_TEST_CASE(a_resumed_run_does_not_wait_for_a_pause_of_before) {
  auto graph = row_of({"a"});
  graph.steps[0].retry = {2, backoff_kind::fixed, 1h, 1h, 0};
  run_progress steps(graph);
  attempt(steps, 0, failure());
  steps.renew_budgets();
  BOOST_TEST((steps.outlook(now, 1).ready == indices{0}));
}

BOOST_AUTO_TEST_CASE(cancelled_attempts_end_and_come_back_with_a_resume) {
  run_progress steps(row_of({"a", "b"}));
  steps.begin_attempt(0);
  BOOST_TEST(steps.has_running());
  BOOST_TEST((steps.cancel_attempts() == indices{0}));
  BOOST_TEST(!steps.has_running());
  BOOST_TEST((steps.step(0).status == step_status::cancelled));
  BOOST_TEST((steps.step(1).status == step_status::pending));
  steps.renew_budgets();
  BOOST_TEST((steps.outlook(now, 2).ready == indices{0, 1}));
}

BOOST_AUTO_TEST_CASE(an_attempt_begins_and_ends_once) {
  run_progress steps(row_of({"a"}));
  BOOST_CHECK_EXCEPTION(steps.end_attempt(0, {}, now, {}), error, is_invalid);
  steps.begin_attempt(0);
  BOOST_CHECK_EXCEPTION(steps.begin_attempt(0), error, is_invalid);
  BOOST_CHECK_EXCEPTION(steps.renew_budgets(), error, is_invalid);
  BOOST_CHECK_EXCEPTION(steps.end_attempt(0, {attempt_status::running}, now, {}), error, is_invalid);
  steps.end_attempt(0, {}, now, {});
  BOOST_CHECK_EXCEPTION(steps.begin_attempt(0), error, is_invalid);
  BOOST_CHECK_EXCEPTION(steps.end_attempt(0, {}, now, {}), error, is_invalid);
}

BOOST_AUTO_TEST_CASE(a_later_step_sees_the_result_of_an_earlier_one) {
  auto graph = chain_of({"build", "report"});
  graph.steps[1].params = json::parse(R"({"code": "${steps.build.result.exit_code}"})");
  run_progress steps(graph);
  BOOST_CHECK_EXCEPTION(steps.params_for(1), error,
                        [](const error& trouble) { return trouble.code() == "bad_reference"; });
  attempt(steps, 0, {attempt_status::succeeded, json::parse(R"({"exit_code": 3})")});
  BOOST_TEST(steps.params_for(1).dump() == R"({"code":3})");
}

BOOST_AUTO_TEST_CASE(a_restored_row_counts_as_if_it_had_happened_here) {
  run_progress steps(chain_of({"a", "b"}));
  step_progress known;
  known.status = step_status::succeeded;
  known.attempts = 2;
  steps.restore(steps.find("a").value(), known);
  BOOST_TEST((steps.outlook(now, 1).ready == indices{1}));
  BOOST_TEST(!steps.find("c"));
}

BOOST_AUTO_TEST_CASE(a_crash_loop_is_counted_per_step) {
  run_progress steps(row_of({"a", "b"}));
  for (int i = 0; i < 9; ++i) {
    steps.begin_attempt(0);
    steps.begin_attempt(1);
    steps.lose_attempts();
  }
  BOOST_TEST(!steps.crash_looping());
  steps.begin_attempt(1);
  steps.lose_attempts();
  BOOST_TEST(steps.crash_looping().value() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
