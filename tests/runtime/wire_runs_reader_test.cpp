#include "model/base/error.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/runs_json.hpp"
#include "runtime/wire/runs_reader.hpp"
#include "runtime/wire/runs_writer.hpp"
#include "tests/runtime/scripted_runs_client.hpp"
#include "tests/runtime/wire_complaints.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace sluice;

namespace {

using nlohmann::ordered_json;

run_row full_row() {
  auto row = make_row(1, run_status::failed);
  row.mode = "dry";
  row.job_type = "build";
  row.requested_by = "ada";
  row.priority = -7;
  row.updated_at = row.created_at + std::chrono::milliseconds{1};
  row.started_at = row.created_at;
  row.finished_at = row.updated_at;
  row.parent_run_id = numbered_run(7);
  row.retry_of = numbered_run(8);
  row.idempotency_key = "k \"1\"";
  row.error_code = "exec_failed";
  row.error_text = "it broke";
  row.version = 12;
  row.last_seq = 9;
  row.owned = true;
  return row;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_runs_reader)

BOOST_AUTO_TEST_CASE(a_run_is_read_as_it_was_written) {
  const auto row = full_row();
  BOOST_TEST((read_run(parse_answer(run_json(row))) == row));
  const auto plain = make_row(2, run_status::queued);
  BOOST_TEST((read_run(parse_answer(run_json(plain))) == plain));
}

BOOST_AUTO_TEST_CASE(everything_about_a_run_is_read_as_it_was_written) {
  run_view view;
  view.row = full_row();
  view.graph.steps = {{"build", "exec"}, {"test", "noop", {"build"}}};
  view.graph.steps[0].params = json::parse(R"({"argv":["make"]})");
  view.params = json::parse(R"({"n":9007199254740993})");
  step_row step{"build", {}, view.row.created_at, {}};
  step.progress.status = step_status::pending;
  step.progress.attempts = 3;
  step.progress.failures = 2;
  step.progress.lost_in_row = 1;
  step.progress.not_before = view.row.updated_at;
  step.progress.result = json::parse("[1,null]");
  step.progress.error_code = "exit_status";
  step.progress.error_text = "exit status 2";
  view.steps = {step};
  view.commands = {
      {4, view.row.id, run_command::pause, "ada", "lunch", view.row.created_at, command_state::replaced}};
  view.lease = {17, lease_owner{"boot", 12, 34, 56}, {}};
  const auto written = run_view_json(view);
  BOOST_TEST(run_view_json(read_run_view(parse_answer(written))) == written);
}

BOOST_AUTO_TEST_CASE(events_answers_ticks_and_lanes_are_read_as_they_were_written) {
  auto event = make_event(70'000'000'000, 3, run_event_kind::step_failed);
  event.payload = json::parse(R"({"step":"a","text":"ä\n"})");
  BOOST_TEST(event_json(read_event(parse_answer(event_json(event)))) == event_json(event));
  const auto created = read_created(parse_answer(created_json({numbered_run(5), true})));
  BOOST_TEST((created.id == numbered_run(5)));
  BOOST_TEST(created.existing);
  const command_answer answer{true, run_status::pausing};
  const auto read = read_command_answer(parse_answer(answer_json(numbered_run(1), answer)));
  BOOST_TEST(read.changed);
  BOOST_TEST((read.status == run_status::pausing));
  for (const auto& tick : {tick_report{tick_outcome::ticked, numbered_run(3), run_status::running, {}, {}},
                           tick_report{tick_outcome::idle_no_runs, {}, {}, {}, {}},
                           tick_report{tick_outcome::error, {}, {}, "store_full", "the disk is full"}})
    BOOST_TEST(tick_json(read_tick(parse_answer(tick_json(tick)))) == tick_json(tick));
  lane_row lane{{"prod", "builds"}, {false, "deploying", 0, std::nullopt}, {"2026-11-21", 7, 2}};
  BOOST_TEST(lane_json(read_lane(parse_answer(lane_json(lane)))) == lane_json(lane));
}

BOOST_AUTO_TEST_CASE(what_a_newer_server_says_besides_does_not_matter) {
  auto document = ordered_json::parse(run_json(full_row()));
  document["colour"] = "blue";
  BOOST_TEST((read_run(document) == full_row()));
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_something_else_is_named) {
  for (const auto* name : {"id", "env", "status", "priority", "created_at", "version", "owned"}) {
    auto document = ordered_json::parse(run_json(full_row()));
    document.erase(name);
    const auto said = complaint(read_run, document.dump());
    BOOST_TEST(contains(said, std::string("run.") + name), said);
    document[name] = ordered_json::array();
    BOOST_TEST(contains(complaint(read_run, document.dump()), std::string("run.") + name));
  }
  auto document = ordered_json::parse(run_json(full_row()));
  document["status"] = "canceled";
  BOOST_TEST(contains(complaint(read_run, document.dump()), "run.status"));
  document = ordered_json::parse(run_json(full_row()));
  document["priority"] = 3'000'000'000;
  BOOST_TEST(contains(complaint(read_run, document.dump()), "run.priority"));
  document["priority"] = 18'446'744'073'709'551'615U;
  BOOST_TEST(contains(complaint(read_run, document.dump()), "run.priority"));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_json_is_shown) {
  BOOST_TEST(contains(complaint(read_run, "<html>"), "'<html>'"));
  BOOST_TEST(contains(complaint(read_run, "[]"), "run is no object"));
}

BOOST_AUTO_TEST_CASE(a_submission_is_written_with_its_document_and_without_what_is_usual) {
  run_submission submission;
  const auto graph = json::parse(R"({"version":1,"steps":{"a":{"kind":"made-up"}}})");
  BOOST_TEST(submission_json(submission, graph) ==
             R"({"env":"default","lane":"default","run_graph":)" + graph.dump() + "}");
  submission.mode = "dry";
  submission.requested_by = "ada";
  submission.params = json::parse(R"({"n":9007199254740993})");
  submission.priority = -1;
  submission.available_at = parse_utc_time("2030-01-01T00:00:00.000Z");
  submission.idempotency_key = "";
  submission.parent_run_id = numbered_run(7);
  const auto body = ordered_json::parse(submission_json(submission, graph));
  BOOST_TEST(body["mode"] == "dry");
  BOOST_TEST(body["requested_by"] == "ada");
  BOOST_TEST(body["params"].dump() == R"({"n":9007199254740993})");
  BOOST_TEST(body["priority"] == -1);
  BOOST_TEST(body["available_at"] == "2030-01-01T00:00:00.000Z");
  BOOST_TEST(body["idempotency_key"] == "");
  BOOST_TEST(body["parent_run_id"] == to_string(numbered_run(7)));
}

BOOST_AUTO_TEST_CASE(orders_are_written) {
  BOOST_TEST(command_json(run_command::pause, "") == R"({"command":"pause"})");
  BOOST_TEST(command_json(run_command::fail, "no \"x\"") == R"({"command":"fail","reason":"no \"x\""})");
  BOOST_TEST(lane_queue_json({"prod", "builds"}) == R"({"env":"prod","lane":"builds"})");
  BOOST_TEST(lane_change_json({false, "why", lane_cap{3}, lane_cap{}}) ==
             R"({"enabled":false,"reason":"why","ticks_per_day":3,"concurrent_runs":null})");
  // What is not said stays as it is.
  BOOST_TEST(lane_change_json({true, {}, {}, {}}) == R"({"enabled":true})");
}

BOOST_AUTO_TEST_SUITE_END()
