#include "runtime/cli/event_inbox.hpp"
#include "runtime/cli/exit_status.hpp"
#include "tests/runtime/runs_command_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <string>
#include <unistd.h>
#include <utility>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(cli_runs_events)

BOOST_AUTO_TEST_CASE(events_are_lines) {
  runs_command_scene scene;
  scene.client.stored = {make_event(1, 1, run_event_kind::run_created),
                         make_event(2, 2, run_event_kind::step_failed)};
  scene.client.stored[1].payload =
      json(nlohmann::ordered_json{{"step", "build"}, {"text", "it broke:\nno \"x\""}, {"attempt", 2}});
  runs_events_arguments arguments;
  arguments.run = numbered_run(1);
  BOOST_TEST(scene.run(arguments) == exit_status::success);
  BOOST_TEST(scene.take() ==
             "2026-11-21T12:00:00.000Z      1  RUN_CREATED\n"
             "2026-11-21T12:00:00.000Z      2  STEP_FAILED      step=build text=\"it broke:\\nno "
             "\\\"x\\\"\" attempt=2\n");
  arguments.since = 1;
  scene.json = true;
  scene.run(arguments);
  const auto event = nlohmann::json::parse(scene.take());
  BOOST_TEST(event["seq"] == 2);
  BOOST_TEST(event["kind"] == "STEP_FAILED");
  BOOST_TEST(event["run"] == to_string(numbered_run(1)));
  BOOST_TEST(event["payload"]["attempt"] == 2);
}

BOOST_AUTO_TEST_CASE(events_of_all_runs_name_their_run_and_keep_the_limit) {
  runs_command_scene scene;
  for (int i = 1; i <= 2'500; ++i)
    scene.client.stored.push_back(make_event(i, static_cast<std::uint64_t>(i), run_event_kind::step_log));
  runs_events_arguments arguments;
  arguments.since = 10;
  arguments.limit = 2'000;
  scene.run(arguments);
  const auto text = scene.take();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 2'000);
  BOOST_TEST(contains(text, "        11  " + to_string(numbered_run(1))));
  BOOST_TEST(contains(text, "      2010  "));
  BOOST_TEST(!contains(text, "      2011  "));
}

BOOST_AUTO_TEST_CASE(following_a_run_that_is_over_ends_at_once) {
  runs_command_scene scene;
  scene.client.stored = {make_event(1, 1, run_event_kind::run_created),
                         make_event(2, 2, run_event_kind::run_failed)};
  runs_events_arguments arguments;
  arguments.run = numbered_run(1);
  arguments.follow = true;
  arguments.since = 2; // it ended before what is asked for
  BOOST_TEST(scene.run(arguments) == exit_status::failed);
  BOOST_TEST(scene.take() == "");
}

BOOST_AUTO_TEST_CASE(following_goes_on_until_the_run_is_over_also_after_a_resume) {
  runs_command_scene scene;
  scene.client.stored = {make_event(1, 1, run_event_kind::run_created),
                         make_event(2, 2, run_event_kind::run_failed),
                         make_event(3, 3, run_event_kind::run_resumed)};
  scene.client.to_come = {make_event(7, 4, run_event_kind::step_succeeded),
                          make_event(9, 5, run_event_kind::run_succeeded),
                          make_event(10, 6, run_event_kind::run_resumed)};
  runs_events_arguments arguments;
  arguments.run = numbered_run(1);
  arguments.follow = true;
  BOOST_TEST(scene.run(arguments) == exit_status::success);
  const auto text = scene.take();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 5);
  BOOST_TEST(contains(text, "RUN_SUCCEEDED"));
  BOOST_TEST(scene.client.subscribed_since == 3);
}

BOOST_AUTO_TEST_CASE(following_ends_with_the_status_of_the_run) {
  for (const auto& [kind, status] : {std::pair{run_event_kind::run_succeeded, exit_status::success},
                                     std::pair{run_event_kind::run_failed, exit_status::failed},
                                     std::pair{run_event_kind::run_cancelled, exit_status::failed}}) {
    runs_command_scene scene;
    scene.client.to_come = {make_event(1, 1, kind)};
    BOOST_TEST(follow_run(numbered_run(1), 0, runs_scene{scene.client, scene.streams}) == status);
  }
}

BOOST_AUTO_TEST_CASE(following_prints_what_came_before_the_other_side_gave_up_and_says_why) {
  runs_command_scene scene;
  scene.client.to_come = {make_event(1, 1, run_event_kind::step_log)};
  scene.client.ending = std::make_exception_ptr(http_error(404, "not_found", "there is no such run"));
  runs_events_arguments arguments;
  arguments.run = numbered_run(1);
  arguments.follow = true;
  BOOST_CHECK_EXCEPTION(scene.run(arguments), http_error,
                        [](const http_error& refused) { return refused.status() == 404; });
  BOOST_TEST(contains(scene.take(), "STEP_LOG"));
}

BOOST_AUTO_TEST_CASE(following_ends_when_the_other_side_has_no_more) {
  runs_command_scene scene;
  scene.client.to_come = {make_event(1, 1, run_event_kind::step_log)};
  scene.client.ending = std::exception_ptr();
  BOOST_TEST(follow_run(numbered_run(1), 0, runs_scene{scene.client, scene.streams}) == exit_status::success);
  BOOST_TEST(contains(scene.take(), "STEP_LOG"));
}

BOOST_AUTO_TEST_CASE(submit_and_show_go_on_with_events) {
  runs_command_scene scene;
  scene.in.str("version: 1\nsteps:\n  a: {kind: noop}\n");
  scene.client.to_come = {make_event(1, 1, run_event_kind::run_created),
                          make_event(2, 2, run_event_kind::run_failed)};
  runs_submit_arguments submit;
  submit.file = "-";
  submit.follow = true;
  BOOST_TEST(scene.run(submit) == exit_status::failed);
  const auto text = scene.take();
  BOOST_TEST(text.starts_with(to_string(numbered_run(1)) + "\n"), text);
  BOOST_TEST(contains(text, "RUN_FAILED"), text);
  scene.client.view.row = make_row(1, run_status::running);
  scene.client.view.row.last_seq = 1;
  runs_show_arguments show{numbered_run(1), true};
  BOOST_TEST(scene.run(show) == exit_status::failed);
  const auto shown = scene.take();
  BOOST_TEST(contains(shown, "running"), shown);
  BOOST_TEST(!contains(shown, "RUN_CREATED"), shown); // it is told already
  BOOST_TEST(contains(shown, "RUN_FAILED"), shown);
}

BOOST_AUTO_TEST_CASE(following_ends_with_the_limit) {
  runs_command_scene scene;
  scene.client.to_come = {make_event(1, 1, run_event_kind::step_log),
                          make_event(2, 2, run_event_kind::step_log)};
  runs_events_arguments arguments;
  arguments.follow = true;
  arguments.limit = 1;
  BOOST_TEST(scene.run(arguments) == exit_status::success);
  const auto text = scene.take();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1);
}

BOOST_AUTO_TEST_CASE(following_ends_with_a_signal) {
  sigset_t stop;
  sigset_t before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, &before);
  kill(getpid(), SIGINT);
  runs_command_scene scene;
  runs_events_arguments arguments;
  arguments.follow = true;
  BOOST_TEST(scene.run(arguments) == exit_status::success);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

BOOST_AUTO_TEST_CASE(following_ends_when_nobody_reads) {
  runs_command_scene scene;
  scene.streams.reader_has_gone = [] { return true; };
  runs_events_arguments arguments;
  arguments.follow = true;
  BOOST_TEST(scene.run(arguments) == exit_status::success);
}

BOOST_AUTO_TEST_CASE(an_inbox_that_is_full_gives_up_the_rest_and_can_begin_again) {
  event_inbox inbox(2);
  const std::chrono::milliseconds at_once{0};
  inbox.put({make_event(1, 1, run_event_kind::step_log), make_event(2, 2, run_event_kind::step_log)});
  BOOST_TEST(!inbox.is_cut_off());
  inbox.put({make_event(3, 3, run_event_kind::step_log)});
  BOOST_TEST(!inbox.is_cut_off()); // first what came before
  BOOST_TEST(inbox.take(at_once).size() == 2u);
  BOOST_TEST(inbox.is_cut_off());
  inbox.put({make_event(4, 4, run_event_kind::step_log)}); // there would be a gap
  BOOST_TEST(inbox.take(at_once).empty());
  inbox.restart();
  inbox.put({make_event(3, 3, run_event_kind::step_log)});
  BOOST_TEST(inbox.take(at_once).size() == 1u);
  BOOST_TEST(!inbox.is_stopped());
  inbox.stop();
  BOOST_TEST(inbox.is_stopped());
}

BOOST_AUTO_TEST_SUITE_END()
