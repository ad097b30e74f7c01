#include "tests/actors_runs/run_runtime_scene.hpp"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <set>

namespace sluice {

namespace {

using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(run_runtime_suite)

BOOST_AUTO_TEST_CASE_TEMPLATE(contract_a_a_noop_run_is_created_ticked_once_and_has_succeeded, Place,
                              runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(one_noop);
  const auto tick = runtime.tick_once({"default", "default"});
  BOOST_TEST((tick.outcome == tick_outcome::ticked));
  BOOST_TEST((tick.run == run));
  BOOST_TEST((tick.status == run_status::succeeded));
  BOOST_TEST((runtime.show(run).steps.at(0).progress.status == step_status::succeeded));
  BOOST_TEST(scene.story(run) ==
             "RUN_CREATED RUN_PREPARING RUN_STARTED STEP_STARTED STEP_SUCCEEDED RUN_SUCCEEDED");
  BOOST_TEST((runtime.tick_once({"default", "default"}).outcome == tick_outcome::idle_no_runs));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(contract_e_of_three_runs_one_tick_finishes_exactly_one, Place, runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  std::vector<uuid> runs;
  for (int i = 0; i < 3; ++i)
    runs.push_back(scene.submit(one_noop));
  runtime.tick_once({"default", "default"});
  BOOST_TEST((scene.status(runs[0]) == run_status::succeeded));
  BOOST_TEST((scene.status(runs[1]) == run_status::queued));
  BOOST_TEST((scene.status(runs[2]) == run_status::queued));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_tick_is_one_step, Place, runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(
      R"({"version": 1, "steps": {"a": {"kind": "noop"}, "b": {"kind": "noop", "deps": ["a"]}}})");
  BOOST_TEST((runtime.tick_once({"default", "default"}).status == run_status::running));
  BOOST_TEST(!runtime.show(run).row.owned);
  BOOST_TEST((runtime.tick_once({"default", "default"}).status == run_status::succeeded));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_worker_works_until_nothing_is_due, Place, runtime_places) {
  runtime_scene<Place> scene;
  scene.start();
  std::vector<uuid> runs;
  for (int i = 0; i < 300; ++i)
    runs.push_back(scene.submit(one_noop));
  const auto report = scene.work();
  BOOST_TEST(report.succeeded == 300U);
  BOOST_TEST(report.ticks == 300U);
  BOOST_TEST((report.last == tick_outcome::idle_no_runs));
  for (const auto& run : runs)
    BOOST_TEST((scene.status(run) == run_status::succeeded));
}

BOOST_AUTO_TEST_CASE(a_worker_is_waited_for_for_ever) {
  runtime_scene<runs_in_memory> scene;
  scene.start();
  scene.runtime->start_worker({});
  auto waiting = std::async(std::launch::async,
                            [&] { return scene.runtime->wait_for_worker(std::chrono::nanoseconds::max()); });
  BOOST_TEST((waiting.wait_for(milliseconds{50}) == std::future_status::timeout));
  scene.runtime->stop_worker(milliseconds{0});
  BOOST_TEST(waiting.get().has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_failing_step_is_tried_again_as_its_policy_says, Place, runtime_places) {
  runtime_scene<Place> scene;
  *scene.failures = 2;
  scene.start();
  const auto run = scene.submit(R"({"version": 1, "steps": {"a": {"kind": "flaky",
      "retry": {"max_attempts": 3, "backoff": "fixed", "delay": "10ms"}}}})");
  const auto report = scene.work();
  BOOST_TEST(report.succeeded == 1U);
  BOOST_TEST(scene.runtime->show(run).steps.at(0).progress.attempts == 3U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_whose_attempts_are_used_up_fails_and_may_be_resumed_or_retried, Place,
                              runtime_places) {
  runtime_scene<Place> scene;
  *scene.failures = 1;
  auto& runtime = scene.start();
  const auto run = scene.submit(R"({"version": 1, "steps": {"a": {"kind": "flaky"}}})");
  scene.work();
  BOOST_TEST((scene.status(run) == run_status::failed));
  BOOST_TEST(runtime.show(run).row.error_code == "not_yet");
  const auto second = runtime.retry(run, "ann").id;
  BOOST_TEST(runtime.command(run, run_command::resume, "ann", "again").changed);
  scene.work();
  BOOST_TEST((scene.status(run) == run_status::succeeded));
  BOOST_TEST((scene.status(second) == run_status::succeeded));
  BOOST_TEST((runtime.show(second).row.retry_of == run));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cancel_reaches_a_step_that_runs_and_what_never_began_stays_so, Place,
                              runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(R"({"version": 1, "steps": {
      "a": {"kind": "gate", "params": {"name": "a"}}, "b": {"kind": "noop", "deps": ["a"]}}})");
  runtime.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  BOOST_TEST(runtime.command(run, run_command::cancel, "ann", "enough").changed);
  scene.await(run, run_status::cancelled);
  BOOST_TEST(!runtime.command(run, run_command::cancel, "ann", "enough").changed);
  BOOST_TEST(runtime.show(run).steps.at(1).progress.attempts == 0U);
  BOOST_TEST(scene.story(run).find("RUN_CANCELLING STEP_CANCELLED RUN_CANCELLED") != std::string::npos);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_pause_acts_at_the_boundary_and_a_resume_goes_on, Place, runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(R"({"version": 1, "steps": {
      "a": {"kind": "gate", "params": {"name": "a"}}, "b": {"kind": "noop", "deps": ["a"]}}})");
  runtime.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  runtime.command(run, run_command::pause, "ann", "");
  scene.await(run, run_status::pausing);
  scene.gates->open("a");
  scene.await(run, run_status::paused);
  BOOST_TEST(!runtime.show(run).row.owned);
  BOOST_TEST(runtime.show(run).steps.at(1).progress.attempts == 0U);
  runtime.command(run, run_command::resume, "ann", "");
  scene.await(run, run_status::succeeded);
  BOOST_TEST(scene.gates->begun("a") == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sleeping_run_is_paused_at_once_and_keeps_its_owner, Place, runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run =
      scene.submit(R"({"version": 1, "steps": {"a": {"kind": "sleep", "params": {"for": "1h"}}}})");
  runtime.start_worker({});
  scene.await(run, run_status::running);
  runtime.command(run, run_command::pause, "ann", "");
  scene.await(run, run_status::paused);
  BOOST_TEST(runtime.show(run).row.owned);
  runtime.command(run, run_command::resume, "ann", "");
  scene.await(run, run_status::running);
  runtime.command(run, run_command::cancel, "ann", "");
  scene.await(run, run_status::cancelled);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_attempt_over_its_time_limit_fails_with_timeout, Place, runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(R"({"version": 1, "steps": {
      "a": {"kind": "gate", "params": {"name": "a"}, "timeout": "50ms"}}})");
  scene.work();
  BOOST_TEST((scene.status(run) == run_status::failed));
  BOOST_TEST(runtime.show(run).row.error_code == "timeout");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_policy_is_asked_and_blocks, Place, runtime_places) {
  // Longer lived than the scene, whose runtime asks.
  std::atomic<bool> allowed{false};
  runtime_scene<Place> scene;
  scene.options.policy = [&](const step_policy_question& question) -> std::optional<std::string> {
    return allowed ? std::nullopt
                   : std::optional<std::string>(std::string(question.step) + " is not allowed");
  };
  auto& runtime = scene.start();
  const auto run = scene.submit(one_noop);
  auto report = scene.work();
  BOOST_TEST(report.handed_back == 1U);
  BOOST_TEST((scene.status(run) == run_status::blocked));
  BOOST_TEST(runtime.show(run).row.error_text == "a is not allowed");
  allowed = true;
  runtime.command(run, run_command::resume, "ann", "");
  report = scene.work();
  BOOST_TEST(report.succeeded == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_worker_that_is_stopped_hands_back_what_it_cuts_off, Place, runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(one_gate);
  runtime.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  runtime.stop_worker(milliseconds{0});
  const auto report = scene.end_of_worker();
  BOOST_TEST(report.handed_back == 1U);
  BOOST_TEST((scene.status(run) == run_status::running));
  BOOST_TEST(!runtime.show(run).row.owned);
  scene.gates->open("a");
  BOOST_TEST(scene.work().succeeded == 1U);
  BOOST_TEST(scene.gates->begun("a") == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_are_heard_once_in_order_from_the_first_to_the_last, Place,
                              runtime_places) {
  runtime_scene<Place> scene;
  auto& runtime = scene.start();
  const auto run = scene.submit(one_noop);
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<run_event> heard;
  const auto subscription = runtime.subscribe(0, run, [&](const std::vector<run_event>& events) {
    const std::lock_guard lock(mutex);
    heard.insert(heard.end(), events.begin(), events.end());
    changed.notify_all();
  });
  scene.work();
  std::unique_lock lock(mutex);
  BOOST_REQUIRE(changed.wait_for(lock, std::chrono::minutes{1}, [&] {
    return !heard.empty() && heard.back().kind == run_event_kind::run_succeeded;
  }));
  for (std::size_t i = 0; i < heard.size(); ++i)
    BOOST_TEST(heard[i].seq == i + 1);
}

BOOST_AUTO_TEST_CASE(a_run_with_a_key_is_made_once_also_when_submissions_race) {
  runtime_scene<runs_in_file> scene;
  auto& runtime = scene.start();
  auto keyed = scene.submission(one_noop);
  keyed.idempotency_key = "once";
  std::vector<std::future<created_run>> answers;
  for (int i = 0; i < 50; ++i)
    answers.push_back(runtime.submit_async(keyed));
  std::set<uuid> ids;
  for (auto& answer : answers)
    ids.insert(answer.get().id);
  BOOST_TEST(ids.size() == 1U);
  keyed.priority = 7;
  BOOST_CHECK_EXCEPTION(runtime.submit(keyed), error,
                        [](const error& refused) { return refused.code() == "idempotency_conflict"; });
}

BOOST_AUTO_TEST_CASE(two_runtimes_on_one_file_share_the_work_and_do_none_twice) {
  runtime_scene<runs_in_file> scene;
  auto& first = scene.start();
  run_runtime second(scene.options);
  constexpr std::uint64_t count = 500;
  const auto submission = scene.submission(one_noop);
  for (std::uint64_t i = 0; i < count; ++i)
    first.submit_async(submission);
  first.start_worker({});
  second.start_worker({});
  std::mutex mutex;
  std::condition_variable changed;
  std::map<uuid, int> ends;
  const auto subscription = second.subscribe(0, {}, [&](const std::vector<run_event>& events) {
    const std::lock_guard lock(mutex);
    for (const auto& event : events)
      if (event.kind == run_event_kind::run_succeeded)
        ++ends[event.run];
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  BOOST_REQUIRE(changed.wait_for(lock, std::chrono::minutes{1}, [&] { return ends.size() == count; }));
  for (const auto& [run, times] : ends)
    BOOST_TEST(times == 1);
}

BOOST_AUTO_TEST_CASE(a_command_by_another_process_reaches_the_owner) {
  runtime_scene<runs_in_file> scene;
  auto& owner = scene.start();
  run_runtime other(scene.options);
  const auto run = scene.submit(one_gate);
  owner.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  BOOST_TEST(other.command(run, run_command::cancel, "bob", "").changed);
  scene.await(run, run_status::cancelled);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_attempt_whose_lease_ran_out_before_it_began_counts_for_nothing, Place,
                              runtime_places) {
  // Time leaps while the claim is being written, once: its check is the last thing that is asked before.
  std::atomic<bool> leaps{false};
  std::atomic<std::int64_t> ahead{0};
  runtime_scene<Place> scene;
  auto late = function_step("late", "comes too late",
                            [gates = scene.gates](step_context& context) { return gates->pass(context); });
  late.kind.check = [&](const json&, const std::string&, findings&) {
    if (leaps.exchange(false))
      ahead += std::chrono::nanoseconds(2 * scene.options.lease_ttl).count();
  };
  scene.steps->add(std::move(late));
  scene.options.clock = host_clock();
  scene.options.clock.boot = [&] {
    auto now = boot_now();
    now.since_boot += std::chrono::nanoseconds{ahead};
    return now;
  };
  auto& runtime = scene.start();
  const auto run =
      scene.submit(R"({"version": 1, "steps": {"a": {"kind": "late", "params": {"name": "a"}}}})");
  leaps = true;
  runtime.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  const auto step = runtime.show(run).steps.at(0).progress;
  BOOST_TEST(step.attempts == 2U);
  BOOST_TEST(step.lost_in_row == 0U);
  scene.gates->open("a");
  scene.await(run, run_status::succeeded);
  BOOST_TEST(scene.gates->begun("a") == 1U);
  BOOST_TEST(scene.story(run).find("STEP_LOST") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_runtime_that_goes_hands_its_runs_back) {
  runtime_scene<runs_in_file> scene;
  scene.start();
  const auto run = scene.submit(one_gate);
  scene.runtime->start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  scene.runtime.reset();
  scene.start();
  BOOST_TEST(!scene.runtime->show(run).row.owned);
  BOOST_TEST((scene.status(run) == run_status::running));
}

BOOST_AUTO_TEST_CASE(an_owner_that_keeps_renewing_keeps_its_run_beyond_the_ttl) {
  // Longer lived than the scene, whose runtimes ask.
  std::atomic<std::int64_t> since_boot{boot_now().since_boot.count()};
  runtime_scene<runs_in_file> scene;
  scene.options.lease_ttl = std::chrono::seconds{2};
  scene.options.clock.boot = [&since_boot] {
    auto now = boot_now();
    now.since_boot = std::chrono::nanoseconds{since_boot};
    return now;
  };
  auto& owner = scene.start();
  run_runtime other(scene.options);
  const auto run = scene.submit(one_gate);
  owner.start_worker({});
  BOOST_REQUIRE(scene.gates->await("a"));
  other.start_worker({});
  const auto token = owner.show(run).lease.token;
  const std::chrono::nanoseconds ttl = scene.options.lease_ttl;
  // Two lifetimes of the lease: time goes on when it was renewed, however long that takes.
  for (int step = 0; step < 12; ++step) {
    since_boot += (ttl / 6).count();
    const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    auto seen = owner.show(run).lease;
    while (seen.expires.since_boot.count() < since_boot + (ttl / 2).count()) {
      BOOST_REQUIRE((std::chrono::steady_clock::now() < patience));
      seen = owner.show(run).lease;
    }
    BOOST_REQUIRE((seen.token == token));
  }
  scene.gates->open("a");
  scene.await(run, run_status::succeeded);
  BOOST_TEST(scene.gates->begun("a") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace sluice
