#include "model/run/run_event_makers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// Checks the event against the contract of its kind and returns `KIND payload`.
std::string tell(const run_event_draft& event) {
  BOOST_CHECK_NO_THROW(require_payload(event));
  return std::string(to_string(event.kind)) + " " + event.payload.dump();
}

step_progress step_that_is(step_status status) {
  step_progress step;
  step.status = status;
  step.attempts = 2;
  step.not_before = utc_time{1ms};
  return step;
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_event_making)

BOOST_AUTO_TEST_CASE(every_status_has_an_event_as_its_contract_says) {
  for (const auto to : all_run_statuses())
    for (const bool first_time : {false, true}) {
      tell(status_event(run_status::running, to, first_time, {}));
      tell(status_event(run_status::running, to, first_time, {"ann", "why", "code", "text", "a"}));
    }
}

BOOST_AUTO_TEST_CASE(a_failure_says_why) {
  BOOST_TEST(
      tell(status_event(run_status::running, run_status::failed, false,
                        {"", "", "crash_loop", "ten were lost", "a"})) ==
      R"(RUN_FAILED {"from":"running","to":"failed","code":"crash_loop","text":"ten were lost","step":"a"})");
}

BOOST_AUTO_TEST_CASE(a_change_says_who_and_why) {
  BOOST_TEST(tell(status_event(run_status::queued, run_status::paused, false, {"ann", "lunch"})) ==
             R"(RUN_PAUSED {"from":"queued","to":"paused","reason":"lunch","by":"ann"})");
}

BOOST_AUTO_TEST_CASE(the_end_of_an_attempt_has_the_kind_of_what_follows) {
  const attempt_outcome done{attempt_status::succeeded, json::parse("[1]")};
  BOOST_TEST(tell(step_ended_event("a", step_that_is(step_status::succeeded), done)) ==
             R"(STEP_SUCCEEDED {"step":"a","attempt":2,"result":[1]})");
  const attempt_outcome failed{attempt_status::failed, {}, "exit", "it ended with 1"};
  BOOST_TEST(tell(step_ended_event("a", step_that_is(step_status::failed), failed)) ==
             R"(STEP_FAILED {"step":"a","attempt":2,"code":"exit","text":"it ended with 1"})");
  BOOST_TEST(tell(step_ended_event("a", step_that_is(step_status::pending), failed)) ==
             R"(STEP_RETRY {"step":"a","attempt":2,"code":"exit","text":"it ended with 1",)"
             R"("not_before":"1970-01-01T00:00:00.001Z"})");
  BOOST_TEST(tell(step_ended_event("a", step_that_is(step_status::cancelled), {attempt_status::cancelled})) ==
             R"(STEP_CANCELLED {"step":"a","attempt":2})");
  BOOST_TEST(tell(step_ended_event("a", step_that_is(step_status::pending), {attempt_status::lost})) ==
             R"(STEP_LOST {"step":"a","attempt":2})");
}

BOOST_AUTO_TEST_CASE(the_start_of_an_attempt_hands_on_its_token) {
  BOOST_TEST(tell(step_started_event({uuid{}, "a", 3, 17}, "exec")) ==
             R"(STEP_STARTED {"step":"a","attempt":3,"kind":"exec",)"
             R"("token":"00000000-0000-0000-0000-000000000000/a/3","fence":17})");
}

BOOST_AUTO_TEST_CASE(commands_and_submissions_are_told) {
  BOOST_TEST(tell(command_received_event(run_command::pause, "ann", "")) ==
             R"(COMMAND_RECEIVED {"command":"pause","by":"ann"})");
  BOOST_TEST(tell(command_replaced_event(run_command::pause, run_command::cancel)) ==
             R"(COMMAND_REPLACED {"command":"pause","replaced_by":"cancel"})");
  BOOST_TEST(tell(created_event({})).substr(0, 11) == "RUN_CREATED");
}

BOOST_AUTO_TEST_SUITE_END()
