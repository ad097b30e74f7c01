#include "model/base/error.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/cli/http_runs_client.hpp"
#include "runtime/cli/run_list_pages.hpp"
#include "runtime/wire/runs_json.hpp"
#include "tests/runtime/scripted_runs_client.hpp"
#include "tests/support/scripted_http_server.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>

using namespace sluice;

namespace {

/// Returns the first line of a request, without the protocol, and its body after a blank.
std::string asked_for(const std::string& request) {
  const auto end = request.find(" HTTP/1.1\r\n");
  const auto body = request.find("\r\n\r\n") + 4;
  return request.substr(0, end) + (body < request.size() ? " " + request.substr(body) : "");
}

/// A client of a server that gives one answer.
struct client_scene {
  explicit client_scene(const std::string& body, int status = 200)
      : server([body, status](const std::string&) { return json_answer(status, body); }),
        client({server.url()}, {}) {}

  std::string last_request() const { return asked_for(server.requests().back()); }

  scripted_http_server server;
  http_runs_client client;
};

const std::string first = to_string(numbered_run(1));

} // namespace

BOOST_AUTO_TEST_SUITE(cli_http_runs_client)

BOOST_AUTO_TEST_CASE(runs_are_made_and_made_again) {
  client_scene scene(R"({"id":")" + first + R"(","existing":true,"status":"queued"})", 201);
  run_submission submission;
  submission.job_type = "build";
  const auto graph = json::parse(R"({"version":1})");
  const auto created = scene.client.submit(submission, graph);
  BOOST_TEST((created.id == numbered_run(1)));
  BOOST_TEST(created.existing);
  BOOST_TEST(
      scene.last_request() ==
      R"(POST /api/v1/runs {"env":"default","lane":"default","job_type":"build","run_graph":{"version":1}})");
  BOOST_TEST((scene.client.retry(numbered_run(1), "").id == numbered_run(1)));
  BOOST_TEST(scene.last_request() == "POST /api/v1/runs/" + first + "/retry {}");
}

BOOST_AUTO_TEST_CASE(commands_are_sent_and_refusals_keep_their_code) {
  client_scene scene(answer_json(numbered_run(1), {true, run_status::pausing}));
  BOOST_TEST(
      (scene.client.command(numbered_run(1), run_command::pause, "", "lunch").status == run_status::pausing));
  BOOST_TEST(scene.last_request() ==
             "POST /api/v1/runs/" + first + R"(/commands {"command":"pause","reason":"lunch"})");
  client_scene refused(R"({"error":{"code":"invalid_transition","message":"the run is succeeded"}})", 409);
  BOOST_CHECK_EXCEPTION(
      refused.client.command(numbered_run(1), run_command::cancel, "", ""), http_error,
      [](const http_error& e) { return e.code() == "invalid_transition" && e.status() == 409; });
}

BOOST_AUTO_TEST_CASE(a_name_that_the_server_would_not_keep_is_refused) {
  client_scene scene("{}");
  const auto refuses = [](const error& e) { return e.code() == "server_knows_caller"; };
  BOOST_CHECK_EXCEPTION(scene.client.retry(numbered_run(1), "ada"), error, refuses);
  BOOST_CHECK_EXCEPTION(scene.client.command(numbered_run(1), run_command::pause, "ada", ""), error, refuses);
  BOOST_CHECK_EXCEPTION(scene.client.change_lane({"a", "b"}, {}, "ada"), error, refuses);
  BOOST_TEST(scene.server.requests().empty());
}

BOOST_AUTO_TEST_CASE(a_list_follows_cursors_also_over_empty_pages) {
  const auto row = [](std::uint64_t n) { return run_json(make_row(n, run_status::queued)); };
  int asked = 0;
  scripted_http_server server([&](const std::string&) {
    switch (++asked) {
    case 1:
      return json_answer(200, "{\"runs\":[" + row(9) + "],\"next_cursor\":\"c/1\"}");
    case 2:
      return json_answer(200, R"({"runs":[],"next_cursor":"c2"})");
    default:
      return json_answer(200, "{\"runs\":[" + row(3) + "],\"next_cursor\":null}");
    }
  });
  http_runs_client client({server.url()}, {});
  run_filter filter;
  filter.env = "prod";
  filter.status = run_status::queued;
  filter.before = numbered_run(10);
  filter.limit = 5;
  filter.job_type = "rare";
  const auto rows = client.list(filter);
  BOOST_REQUIRE(rows.size() == 2u);
  BOOST_TEST((rows[1].id == numbered_run(3)));
  const auto requests = server.requests();
  BOOST_REQUIRE(requests.size() == 3u);
  BOOST_TEST(asked_for(requests[0]) == "GET /api/v1/runs?env=prod&status=queued&job_type=rare&before=" +
                                           to_string(numbered_run(10)) + "&limit=5");
  BOOST_TEST(asked_for(requests[1]) ==
             "GET /api/v1/runs?env=prod&status=queued&job_type=rare&limit=4&cursor=c%2F1");
}

BOOST_AUTO_TEST_CASE(a_list_ends_when_it_has_enough) {
  client_scene scene("{\"runs\":[" + run_json(make_row(2, run_status::queued)) + "," +
                     run_json(make_row(1, run_status::queued)) + "],\"next_cursor\":\"more\"}");
  run_filter filter;
  filter.limit = 2;
  BOOST_TEST(scene.client.list(filter).size() == 2u);
  BOOST_TEST(scene.server.requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_run_and_its_events_are_read) {
  run_view view;
  view.row = make_row(1, run_status::queued);
  view.graph.steps = {{"a", "noop"}};
  view.steps = {{"a", {}}};
  client_scene scene(run_view_json(view));
  BOOST_TEST((scene.client.show(numbered_run(1)).row == view.row));
  BOOST_TEST(scene.last_request() == "GET /api/v1/runs/" + first);
  client_scene events("{\"events\":[" + event_json(make_event(8, 3, run_event_kind::step_log)) +
                      "],\"next_since_seq\":3}");
  BOOST_TEST(events.client.events(numbered_run(1), 2, 10).at(0).seq == 3u);
  BOOST_TEST(events.last_request() == "GET /api/v1/runs/" + first + "/events?since_seq=2&limit=10");
  BOOST_TEST(events.client.events(std::int64_t{7}, 10).at(0).id == 8);
  BOOST_TEST(events.last_request() == "GET /api/v1/events?since_id=7&limit=10");
}

BOOST_AUTO_TEST_CASE(who_was_told_that_events_are_gone_says_so_with_the_next_page) {
  client_scene events(R"({"events":[],"next_since_id":7,"removed_through":5})");
  BOOST_TEST(events.client.events(std::int64_t{0}, 10).empty());
  BOOST_TEST(events.last_request() == "GET /api/v1/events?since_id=0&limit=10");
  BOOST_TEST(events.client.events(std::int64_t{3}, 10).empty());
  BOOST_TEST(events.last_request() == "GET /api/v1/events?since_id=3&limit=10&removed_through=5");
}

BOOST_AUTO_TEST_CASE(ticks_and_lanes_go_over_the_wire) {
  client_scene tick(tick_json({tick_outcome::ticked, numbered_run(1), run_status::running, {}, {}}));
  BOOST_TEST((tick.client.tick({"prod", "builds"}).outcome == tick_outcome::ticked));
  BOOST_TEST(tick.last_request() == R"(POST /api/v1/runs/tick {"env":"prod","lane":"builds"})");
  const lane_row row{{"prod", "builds"}, {false, "why", 3, std::nullopt}, {}};
  client_scene lane(lane_json(row));
  BOOST_TEST((lane.client.lane(row.lane) == row.settings));
  BOOST_TEST(lane.last_request() == "GET /api/v1/lanes/prod/builds");
  lane.client.change_lane(row.lane, {false, "why", lane_cap{3}, lane_cap{}}, "");
  BOOST_TEST(lane.last_request() ==
             "PUT /api/v1/lanes/prod/builds "
             R"({"enabled":false,"reason":"why","ticks_per_day":3,"concurrent_runs":null})");
  // What others set meanwhile is not set back.
  lane.client.change_lane(row.lane, {{}, {}, {}, lane_cap{2}}, "");
  BOOST_TEST(lane.last_request() == R"(PUT /api/v1/lanes/prod/builds {"concurrent_runs":2})");
  client_scene lanes("{\"lanes\":[" + lane_json(row) + "]}");
  BOOST_TEST(lanes.client.lanes().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
