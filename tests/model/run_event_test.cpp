#include "model/base/error.hpp"
#include "model/run/run_event.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <set>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

void require(run_event_kind kind, const std::string& payload) {
  require_payload({kind, json::parse(payload)});
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_events)

BOOST_AUTO_TEST_CASE(each_kind_reads_back_as_it_is_written) {
  std::set<std::string> spellings;
  for (std::size_t i = 0; i < run_event_kind_count; ++i) {
    const auto kind = static_cast<run_event_kind>(i);
    BOOST_TEST((parse_run_event_kind(to_string(kind)) == kind));
    spellings.emplace(to_string(kind));
  }
  BOOST_TEST(spellings.size() == run_event_kind_count);
  BOOST_TEST(!parse_run_event_kind("run_created"));
}

BOOST_AUTO_TEST_CASE(the_kinds_that_users_of_the_run_backend_know_are_there) {
  for (const auto* name :
       {"RUN_CREATED", "RUN_STARTED", "STEP_STARTED", "STEP_SUCCEEDED", "STEP_FAILED", "RUN_SUCCEEDED",
        "RUN_FAILED", "RUN_BLOCKED", "RUN_CANCELLED", "WORKER_TICK_REQUESTED"})
    BOOST_TEST(parse_run_event_kind(name).has_value(), name);
}

BOOST_AUTO_TEST_CASE(every_status_is_announced_by_a_kind_of_its_own_name) {
  const std::map<std::string, std::string> expected = {
      {"queued", "RUN_RESUMED"},          {"preparing", "RUN_PREPARING"},   {"running", "RUN_RESUMED"},
      {"pausing", "RUN_PAUSING"},         {"paused", "RUN_PAUSED"},         {"blocked", "RUN_BLOCKED"},
      {"intervening", "RUN_INTERVENING"}, {"cancelling", "RUN_CANCELLING"}, {"succeeded", "RUN_SUCCEEDED"},
      {"failed", "RUN_FAILED"},           {"cancelled", "RUN_CANCELLED"}};
  for (const auto status : all_run_statuses())
    BOOST_TEST(to_string(kind_of(status, false)) == expected.at(std::string(to_string(status))));
  BOOST_TEST((kind_of(run_status::running, true) == run_event_kind::run_started));
}

BOOST_AUTO_TEST_CASE(events_of_a_run_are_numbered_without_gap) {
  uuid run;
  run.bytes[0] = 7;
  const auto events = number_events(run, 41, utc_time{5ms},
                                    {{run_event_kind::run_preparing, json::parse(R"({"from":"queued"})")},
                                     {run_event_kind::run_started, {}},
                                     {run_event_kind::step_started, {}}});
  BOOST_REQUIRE(events.size() == 3u);
  for (std::size_t i = 0; i < events.size(); ++i) {
    BOOST_TEST(events[i].seq == 42 + i);
    BOOST_TEST((events[i].run == run));
    BOOST_TEST((events[i].at == utc_time{5ms}));
  }
  BOOST_TEST((events[0].kind == run_event_kind::run_preparing));
  BOOST_TEST(events[0].payload.dump() == R"({"from":"queued"})");
  BOOST_TEST(number_events(run, 0, {}, {{}})[0].seq == 1u);
}

BOOST_AUTO_TEST_CASE(a_payload_has_the_fields_of_its_kind_and_no_others) {
  require(run_event_kind::step_failed, R"({"step":"a","attempt":1,"code":"exit","text":"it ended with 1"})");
  require(run_event_kind::run_paused, R"({"from":"pausing","to":"paused"})");
  require(run_event_kind::run_paused, R"({"from":"pausing","to":"paused","by":"ann","reason":"lunch"})");
  const std::pair<run_event_kind, const char*> wrong[] = {
      {run_event_kind::step_failed, R"({"step":"a","attempt":1,"code":"exit"})"},
      {run_event_kind::step_failed, R"({"step":"a","attempt":"1","code":"exit","text":"x"})"},
      {run_event_kind::step_failed, R"({"step":"a","attempt":1,"code":"exit","text":"x","more":1})"},
      {run_event_kind::run_paused, R"({"from":"pausing","to":"paused","by":7})"},
      {run_event_kind::worker_tick_requested, "[]"},
      {run_event_kind::worker_tick_requested, "null"},
  };
  for (const auto& [kind, payload] : wrong)
    BOOST_CHECK_THROW(require(kind, payload), internal_error);
}

BOOST_AUTO_TEST_CASE(every_kind_names_the_step_when_it_is_about_one) {
  for (std::size_t i = 0; i < run_event_kind_count; ++i) {
    const auto kind = static_cast<run_event_kind>(i);
    if (to_string(kind).substr(0, 5) != "STEP_")
      continue;
    const auto& fields = event_fields(kind);
    BOOST_REQUIRE(fields.size() >= 2u);
    BOOST_TEST(fields[0].name == "step");
    BOOST_TEST(fields[1].name == "attempt");
  }
}

BOOST_AUTO_TEST_SUITE_END()
