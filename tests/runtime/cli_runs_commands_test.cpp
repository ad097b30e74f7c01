#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/run_list_pages.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_text.hpp"
#include "runtime/wire/runs_json.hpp"
#include "tests/runtime/runs_command_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>

using namespace sluice;

namespace {

runs_submit_arguments submission_of(const std::string& params = {}) {
  runs_submit_arguments arguments;
  arguments.file = "-";
  arguments.params = params;
  return arguments;
}

constexpr const char* small_graph = "version: 1\nsteps:\n  a: {kind: noop}\n";

} // namespace

BOOST_AUTO_TEST_SUITE(cli_runs_commands)

BOOST_AUTO_TEST_CASE(submit_prints_the_id_alone) {
  runs_command_scene scene;
  scene.in.str(small_graph);
  BOOST_TEST(scene.run(submission_of()) == exit_status::success);
  BOOST_TEST(scene.take() == to_string(numbered_run(1)) + "\n");
  BOOST_TEST(scene.err.str() == "");
}

BOOST_AUTO_TEST_CASE(submit_says_in_json_whether_the_run_was_there) {
  runs_command_scene scene;
  scene.json = true;
  scene.client.existing = true;
  scene.in.str(small_graph);
  BOOST_TEST(scene.run(submission_of()) == exit_status::success);
  const auto said = nlohmann::json::parse(scene.take());
  BOOST_TEST(said["id"] == to_string(numbered_run(1)));
  BOOST_TEST(said["existing"] == true);
}

BOOST_AUTO_TEST_CASE(submit_hands_over_everything) {
  runs_command_scene scene;
  scene.in.str(small_graph);
  auto arguments = submission_of("{\"n\": 9007199254740993}");
  arguments.env = "prod";
  arguments.lane = "builds";
  arguments.mode = "dry";
  arguments.job_type = "build";
  arguments.priority = -3;
  arguments.at = "2030-01-01";
  arguments.key = "k";
  arguments.by = "me";
  arguments.parent = numbered_run(7);
  BOOST_TEST(scene.run(arguments) == exit_status::success);
  BOOST_REQUIRE(scene.client.submitted.size() == 1u);
  const auto& sent = scene.client.submitted.front();
  BOOST_TEST(sent.env == "prod");
  BOOST_TEST(sent.lane == "builds");
  BOOST_TEST(sent.mode == "dry");
  BOOST_TEST(sent.job_type == "build");
  BOOST_TEST(sent.priority == -3);
  BOOST_TEST(to_string(sent.available_at.value()) == "2030-01-01T00:00:00.000Z");
  BOOST_TEST(sent.idempotency_key.value_or("") == "k");
  BOOST_TEST(sent.requested_by == "me");
  BOOST_TEST((sent.parent_run_id == numbered_run(7)));
  BOOST_TEST(sent.params.dump() == "{\"n\":9007199254740993}");
  BOOST_TEST(sent.graph.steps.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_asks_is_the_user_of_the_environment_unless_told) {
  runs_command_scene scene;
  scene.streams.environment = [](std::string_view name) {
    return name == "USER" ? std::optional<std::string>("ada") : std::nullopt;
  };
  scene.in.str(small_graph);
  scene.run(submission_of());
  BOOST_TEST(scene.client.submitted.front().requested_by == "ada");
}

BOOST_AUTO_TEST_CASE(submit_reports_everything_at_once_and_submits_nothing) {
  runs_command_scene scene;
  scene.in.str("version: 1\nsteps:\n  a: {kind: exce}\n  b: {kind: noop, deps: [c]}\n");
  auto arguments = submission_of("[1]");
  arguments.key = "";
  BOOST_TEST(scene.run(arguments) == exit_status::configuration);
  const auto said = scene.err.str();
  for (const auto* part : {"<stdin>:3:13: error: steps.a.kind: ", "<stdin>:4:26: error: steps.b.deps[0]: ",
                           "error: params: expected an object", "error: idempotency_key: "})
    BOOST_TEST(contains(said, part), said);
  BOOST_TEST(scene.take() == "");
  BOOST_TEST(scene.client.submitted.empty());
}

BOOST_AUTO_TEST_CASE(a_server_gets_the_document_and_its_findings_are_shown_as_those_from_here) {
  runs_command_scene scene;
  scene.client.is_server = true;
  const std::string graph = "version: 1\nsteps:\n  a: {kind: of_the_server}\n";
  scene.in.str(graph);
  BOOST_TEST(scene.run(submission_of()) == exit_status::success);
  BOOST_TEST(scene.client.documents.front().dump() ==
             R"({"version":1,"steps":{"a":{"kind":"of_the_server"}}})");
  scene.in.clear();
  scene.in.str(graph);
  scene.client.refusal = {
      {finding::level::error, "UNKNOWN_KIND", "run_graph.steps.a.kind", "there is none", {}},
      {finding::level::error, "BAD_VALUE", "params.n", "too small", {}}};
  BOOST_TEST(scene.run(submission_of()) == exit_status::configuration);
  BOOST_TEST(scene.err.str() == "<stdin>:3:13: error: steps.a.kind: there is none [UNKNOWN_KIND]\n"
                                "error: params.n: too small [BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(a_document_that_cannot_be_read_never_reaches_a_server) {
  runs_command_scene scene;
  scene.client.is_server = true;
  scene.in.str("steps: [");
  BOOST_TEST(scene.run(submission_of()) == exit_status::configuration);
  BOOST_TEST(contains(scene.err.str(), "[SYNTAX]"), scene.err.str());
  BOOST_TEST(scene.client.submitted.empty());
}

BOOST_AUTO_TEST_CASE(a_server_knows_who_asks) {
  runs_command_scene scene;
  scene.client.is_server = true;
  scene.streams.environment = [](std::string_view name) {
    return name == "USER" ? std::optional<std::string>("ada") : std::nullopt;
  };
  scene.in.str(small_graph);
  scene.run(submission_of());
  BOOST_TEST(scene.client.submitted.front().requested_by == "");
}

BOOST_AUTO_TEST_CASE(params_that_cannot_be_read_are_findings) {
  for (const auto* wrong : {"{", "@/no/such/file", "{\"a\": 1, \"a\": 2}"}) {
    runs_command_scene scene;
    scene.in.str(small_graph);
    BOOST_TEST(scene.run(submission_of(wrong)) == exit_status::configuration, wrong);
    BOOST_TEST(contains(scene.err.str(), "error: "), wrong);
    BOOST_TEST(scene.client.submitted.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_list_is_a_table_or_json_lines) {
  runs_command_scene scene;
  scene.client.rows = {make_row(2, run_status::failed), make_row(1, run_status::succeeded)};
  scene.client.rows[0].job_type = "build\x1b[2J";
  runs_list_arguments arguments;
  BOOST_TEST(scene.run(arguments) == exit_status::success);
  BOOST_TEST(scene.take() ==
             "RUN                                   STATUS     LANE             JOB TYPE   PRIORITY  "
             "CREATED               FINISHED\n"
             "00000000-0000-0000-0000-000000000002  failed     default/default  build?[2J         0  "
             "2026-11-21T12:00:02Z  -\n"
             "00000000-0000-0000-0000-000000000001  succeeded  default/default  -                 0  "
             "2026-11-21T12:00:01Z  -\n");
  scene.json = true;
  scene.run(arguments);
  std::istringstream lines(scene.take());
  std::string line;
  std::vector<std::string> found;
  while (std::getline(lines, line))
    found.push_back(nlohmann::json::parse(line)["status"]);
  BOOST_TEST(found == (std::vector<std::string>{"failed", "succeeded"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_list_that_was_cut_says_how_to_go_on) {
  runs_command_scene scene;
  for (int i = 5; i > 0; --i)
    scene.client.rows.push_back(make_row(static_cast<std::uint64_t>(i), run_status::queued));
  runs_list_arguments arguments;
  arguments.limit = 2;
  scene.run(arguments);
  BOOST_TEST(scene.err.str() ==
             "sluice: there are more; go on with --before " + to_string(numbered_run(4)) + "\n");
  scene.err.str("");
  arguments.limit = 5;
  scene.run(arguments);
  BOOST_TEST(scene.err.str() == "");
}

BOOST_AUTO_TEST_CASE(a_list_asks_the_store_for_a_job_type_and_stops_at_a_moment) {
  scripted_runs_client client;
  for (std::uint64_t i = 3'000; i > 0; --i) {
    client.rows.push_back(make_row(i, run_status::queued));
    client.rows.back().job_type = i % 1'000 == 0 ? "rare" : "common";
  }
  run_list_wish wish;
  wish.filter.limit = 2;
  wish.filter.job_type = "rare";
  const auto found = list_runs(client, wish);
  BOOST_REQUIRE(found.runs.size() == 2u);
  BOOST_TEST((found.runs[1].id == numbered_run(2'000)));
  BOOST_TEST(found.more);
  wish.filter.limit = 3;
  BOOST_TEST(!list_runs(client, wish).more);
  wish.since = make_row(2'000, run_status::queued).created_at;
  BOOST_TEST(list_runs(client, wish).runs.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_order_prints_the_status_and_whether_it_changed_anything) {
  runs_command_scene scene;
  runs_order_arguments arguments;
  arguments.command = run_command::cancel;
  arguments.run = numbered_run(1);
  arguments.reason = "no longer needed";
  arguments.by = "me";
  scene.client.answer = {true, run_status::cancelling};
  BOOST_TEST(scene.run(arguments) == exit_status::success);
  BOOST_TEST(scene.take() == "cancelling\n");
  BOOST_TEST(scene.client.ordered == "cancel " + to_string(numbered_run(1)) + " me: no longer needed");
  scene.client.answer = {true, run_status::running};
  scene.run(arguments);
  BOOST_TEST(scene.take() == "running (cancel is on its way)\n");
  scene.client.answer = {false, run_status::cancelled};
  scene.run(arguments);
  BOOST_TEST(scene.take() == "cancelled (unchanged)\n");
  scene.json = true;
  scene.run(arguments);
  const auto said = nlohmann::json::parse(scene.take());
  BOOST_TEST(said["status"] == "cancelled");
  BOOST_TEST(said["changed"] == false);
}

BOOST_AUTO_TEST_CASE(a_tick_prints_one_word_and_fails_only_on_an_error) {
  runs_command_scene scene;
  for (const auto outcome :
       {tick_outcome::ticked, tick_outcome::idle_no_runs, tick_outcome::idle_lane_disabled,
        tick_outcome::idle_cap_reached, tick_outcome::idle_lease_held}) {
    scene.client.ticked.outcome = outcome;
    BOOST_TEST(scene.run(runs_tick_arguments{}) == exit_status::success);
    BOOST_TEST(scene.take() == std::string(to_string(outcome)) + "\n");
  }
  scene.client.ticked = {tick_outcome::error, {}, run_status::queued, "store_full", "the disk is full"};
  BOOST_TEST(scene.run(runs_tick_arguments{}) == exit_status::failed);
  BOOST_TEST(scene.take() == "error\n");
  BOOST_TEST(scene.err.str() == "sluice: the disk is full [store_full]\n");
}

BOOST_AUTO_TEST_CASE(show_tells_fields_steps_and_commands) {
  runs_command_scene scene;
  auto& view = scene.client.view;
  view.row = make_row(1, run_status::failed);
  view.row.error_code = "exec_failed";
  view.row.error_text = "step build: exit status 2";
  view.row.started_at = view.row.created_at;
  view.graph.steps = {{"build", "exec"}, {"test", "noop"}};
  view.params = json::parse("{\"branch\":\"main\"}");
  step_row build{"build", {}, view.row.created_at, view.row.created_at + std::chrono::milliseconds{1500}};
  build.progress.status = step_status::failed;
  build.progress.attempts = 3;
  build.progress.error_code = "exit_status";
  build.progress.error_text = "exit status 2";
  view.steps = {build, {"test", {}}};
  view.commands = {
      {1, view.row.id, run_command::pause, "ada", "lunch", view.row.created_at, command_state::replaced}};
  const runs_show_arguments arguments{view.row.id, false};
  BOOST_TEST(scene.run(arguments) == exit_status::success);
  BOOST_TEST(scene.take() == "run           " + to_string(numbered_run(1)) +
                                 "\n"
                                 "status        failed\n"
                                 "error         exec_failed: step build: exit status 2\n"
                                 "lane          default/default\n"
                                 "created       2026-11-21T12:00:01Z\n"
                                 "started       2026-11-21T12:00:01Z\n"
                                 "params        {\"branch\":\"main\"}\n"
                                 "\n"
                                 "STEP   KIND  STATUS   ATTEMPTS     TOOK  RESULT OR ERROR\n"
                                 "build  exec  failed          3  1.500 s  exit_status: exit status 2\n"
                                 "test   noop  pending         0        -  -\n"
                                 "\n"
                                 "AT                    COMMAND  STATE     BY   REASON\n"
                                 "2026-11-21T12:00:01Z  pause    replaced  ada  lunch\n");
  scene.json = true;
  scene.run(arguments);
  const auto said = nlohmann::json::parse(scene.take());
  BOOST_TEST(said["status"] == "failed");
  BOOST_TEST(said["finished_at"].is_null());
  BOOST_TEST(said["params"]["branch"] == "main");
  BOOST_TEST(said["run_graph"]["version"] == 1);
  BOOST_TEST(said["steps"][0]["attempts"] == 3);
  BOOST_TEST(said["steps"][0]["kind"] == "exec");
  BOOST_TEST(said["commands"][0]["state"] == "replaced");
  BOOST_TEST(said["lease"]["owner"].is_null());
}

BOOST_AUTO_TEST_CASE(a_long_result_is_cut_between_two_characters_in_text_only) {
  runs_command_scene scene;
  auto& view = scene.client.view;
  view.row = make_row(1, run_status::succeeded);
  view.graph.steps = {{"a", "noop"}};
  step_row step{"a", {}, {}, {}};
  std::string umlauts;
  for (int i = 0; i < 200; ++i)
    umlauts += "ä";
  step.progress.result = json(nlohmann::ordered_json(umlauts));
  view.steps = {step};
  scene.run(runs_show_arguments{view.row.id, false});
  const auto text = scene.take();
  BOOST_TEST(contains(text, "ä…\n"), text);
  BOOST_TEST(!contains(text, "?"), text);
  scene.json = true;
  scene.run(runs_show_arguments{view.row.id, false});
  BOOST_TEST(nlohmann::json::parse(scene.take())["steps"][0]["result"] == umlauts);
}

BOOST_AUTO_TEST_CASE(the_report_of_a_worker_is_one_line) {
  worker_report report;
  report.ticks = 1234;
  report.succeeded = 3;
  report.handed_back = 1;
  BOOST_TEST(worker_line(report) ==
             "1,234 ticks: 3 succeeded, 0 failed, 0 cancelled, 1 handed back; idle_no_runs\n");
  const auto said = nlohmann::json::parse(worker_json(report));
  BOOST_TEST(said["ticks"] == 1234);
  BOOST_TEST(said["last"] == "idle_no_runs");
}

BOOST_AUTO_TEST_SUITE_END()
