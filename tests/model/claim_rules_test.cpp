#include "model/base/error.hpp"
#include "model/run/claim_rules.hpp"
#include "tests/support/step_graphs.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <set>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const utc_time now{1'000'000ms};

/// Loses `count` attempts at step `step`, one after the other.
void lose(run_progress& steps, std::size_t step, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    steps.begin_attempt(step);
    steps.lose_attempts();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(claim_rules)

BOOST_AUTO_TEST_CASE(every_combination_of_status_owner_time_and_lane) {
  const std::set<std::string> advancing = {"queued", "preparing", "running"};
  const std::set<std::string> settling = {"pausing", "cancelling"};
  for (const auto status : all_run_statuses()) {
    for (int bits = 0; bits < 8; ++bits) {
      const bool owned = (bits & 1) != 0;
      const bool due = (bits & 2) != 0;
      const bool lane_on = (bits & 4) != 0;
      const claim_situation run{status, owned, due ? now : now + 1ms, lane_on};
      const std::string name(to_string(status));
      const bool wanted = settling.count(name) > 0 || (advancing.count(name) > 0 && due && lane_on);
      BOOST_TEST_CONTEXT(name << " owned " << owned << " due " << due << " lane on " << lane_on) {
        BOOST_TEST(is_claimable(run, now) == (wanted && !owned));
        BOOST_TEST(is_held(run, now) == wanted);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_status_has_a_rule_for_the_one_who_claims_it) {
  struct rule {
    run_status status;
    std::vector<run_status> path;
    bool proceed;
  };
  const std::vector<rule> rules = {{run_status::queued, {run_status::preparing}, true},
                                   {run_status::preparing, {}, true},
                                   {run_status::running, {}, true},
                                   {run_status::pausing, {run_status::paused}, false},
                                   {run_status::cancelling, {run_status::cancelled}, false}};
  std::set<run_status> seen;
  for (const auto& each : rules) {
    run_progress steps(chain_of({"a", "b"}));
    const auto plan = recover_run(each.status, steps);
    BOOST_TEST_CONTEXT(to_string(each.status)) {
      BOOST_TEST((plan.path == each.path));
      BOOST_TEST(plan.proceed == each.proceed);
      BOOST_TEST(plan.lost.empty());
      BOOST_TEST(plan.error_code == "");
    }
    seen.insert(each.status);
  }
  for (const auto status : all_run_statuses()) {
    const bool has_work = work_of(status) != work_kind::none;
    BOOST_TEST(has_work == (seen.count(status) > 0), to_string(status));
    if (!has_work) {
      run_progress steps(chain_of({"a"}));
      BOOST_CHECK_THROW(recover_run(status, steps), internal_error);
    }
  }
}

BOOST_AUTO_TEST_CASE(attempts_that_were_under_way_are_lost_and_tried_again) {
  run_progress steps(chain_of({"a", "b"}));
  steps.begin_attempt(0);
  const auto plan = recover_run(run_status::running, steps);
  BOOST_TEST((plan.lost == std::vector<std::size_t>{0}));
  BOOST_TEST(plan.proceed);
  BOOST_TEST((steps.step(0).status == step_status::pending));
  BOOST_TEST(steps.begin_attempt(0) == 2u);
}

BOOST_AUTO_TEST_CASE(a_cancel_under_way_marks_lost_attempts_too) {
  run_progress steps(chain_of({"a"}));
  steps.begin_attempt(0);
  const auto plan = recover_run(run_status::cancelling, steps);
  BOOST_TEST(plan.lost.size() == 1u);
  BOOST_TEST((plan.path == std::vector<run_status>{run_status::cancelled}));
  BOOST_TEST(!steps.has_running());
}

BOOST_AUTO_TEST_CASE(the_tenth_attempt_lost_in_a_row_fails_the_run) {
  run_progress steps(chain_of({"a", "b"}));
  lose(steps, 0, 8);
  steps.begin_attempt(0);
  BOOST_TEST(recover_run(run_status::running, steps).proceed);
  steps.begin_attempt(0);
  const auto plan = recover_run(run_status::running, steps);
  BOOST_TEST(!plan.proceed);
  BOOST_TEST((plan.path == std::vector<run_status>{run_status::failed}));
  BOOST_TEST(plan.error_code == "crash_loop");
  BOOST_TEST(plan.error_text.find("'a'") != std::string::npos);
  BOOST_TEST(plan.error_text.find("10") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_failure_between_lost_attempts_ends_the_row) {
  auto graph = chain_of({"a"});
  graph.steps[0].retry.max_attempts = 100;
  graph.steps[0].retry.jitter = 0;
  run_progress steps(graph);
  lose(steps, 0, 9);
  steps.begin_attempt(0);
  steps.end_attempt(0, {attempt_status::failed, {}, "exit", "1"}, now, {});
  lose(steps, 0, 9);
  BOOST_TEST(recover_run(run_status::running, steps).proceed);
}

BOOST_AUTO_TEST_CASE(a_pause_or_cancel_under_way_is_finished_also_in_a_crash_loop) {
  for (const auto status : {run_status::pausing, run_status::cancelling}) {
    run_progress steps(chain_of({"a"}));
    lose(steps, 0, 12);
    BOOST_TEST(recover_run(status, steps).error_code == "");
  }
}

BOOST_AUTO_TEST_CASE(a_queued_run_in_a_crash_loop_fails_by_way_of_preparing) {
  run_progress steps(chain_of({"a"}));
  lose(steps, 0, 10);
  const auto plan = recover_run(run_status::queued, steps);
  BOOST_TEST((plan.path == std::vector<run_status>{run_status::preparing, run_status::failed}));
}

BOOST_AUTO_TEST_CASE(a_resumed_run_has_a_fresh_row) {
  run_progress steps(chain_of({"a"}));
  lose(steps, 0, 10);
  steps.renew_budgets();
  BOOST_TEST(recover_run(run_status::queued, steps).proceed);
  BOOST_TEST(steps.begin_attempt(0) == 11u);
}

BOOST_AUTO_TEST_SUITE_END()
