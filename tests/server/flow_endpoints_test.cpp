#include "tests/server/flow_endpoints_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <string>

using namespace sluice;
using namespace sluice::testing;
using nlohmann::ordered_json;

namespace {

ordered_json body_of(const flow_endpoints_scene::answer& answer) {
  return ordered_json::parse(answer.body);
}

std::string code_of(const flow_endpoints_scene::answer& answer) {
  return body_of(answer).at("error").at("code");
}

/// Starts the graph over the API and returns the flow's id.
std::string start(flow_endpoints_scene& scene, const std::string& yaml) {
  const auto answer = scene.ask("POST", "", ordered_json{{"graph", yaml}}.dump());
  BOOST_REQUIRE_MESSAGE(answer.status == 201, answer.body);
  return body_of(answer).at("id");
}

kept_flow kept(flow_endpoints_scene& scene, const std::string& id) {
  return scene.keeper.find(*parse_uuid(id)).value();
}

constexpr const char* the_edge = "/edges/numbers.out-%3Eout.in";

} // namespace

BOOST_AUTO_TEST_SUITE(the_endpoints_of_flows)

BOOST_AUTO_TEST_CASE(start_a_flow_list_it_and_show_its_topology) {
  flow_endpoints_scene scene;
  const auto made =
      scene.ask("POST", "", ordered_json{{"name", "mine"}, {"graph", counting_graph(0)}}.dump());
  BOOST_TEST(made.status == 201U);
  const std::string id = body_of(made).at("id");
  BOOST_TEST(body_of(made).at("name") == "mine");

  const auto listed = body_of(scene.ask("GET", "", {}, scene.read_token)).at("flows");
  BOOST_REQUIRE(listed.size() == 1U);
  BOOST_TEST(listed[0].at("id") == id);
  BOOST_TEST(listed[0].at("by") == "admin-token");
  BOOST_TEST(listed[0].at("ended_at").is_null());

  const auto running = kept(scene, id);
  scene.await(running, [&] {
    const auto now = running.snapshot();
    return now.status == flow_status::running && now.edges[0].counters.delivered > 0;
  });
  const auto shown = body_of(scene.ask("GET", "/" + id, {}, scene.read_token));
  BOOST_TEST(shown.at("status") == "running");
  BOOST_TEST(shown.at("nodes").size() == 2U);
  BOOST_TEST(shown.at("nodes")[0].at("path") == "numbers");
  BOOST_TEST(shown.at("nodes")[0].at("type") == "generate");
  BOOST_TEST(shown.at("nodes")[0].at("status") == "running");
  BOOST_TEST(shown.at("edges")[0].at("id") == "numbers.out->out.in");
  BOOST_TEST(shown.at("edges")[0].at("capacity") == 1024);
  BOOST_TEST(shown.at("edges")[0].at("out").get<std::uint64_t>() > 0U);
  BOOST_TEST(shown.at("summary").is_null());

  const auto rows = scene.audit();
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows[0].starts_with("admin-token|flow.start|" + id + "|"));
  BOOST_TEST(rows[0].find("generate") == std::string::npos); // the graph itself may hold secrets
}

BOOST_AUTO_TEST_CASE(tell_what_is_wrong_with_a_graph_and_where) {
  flow_endpoints_scene scene;
  const auto refused = scene.ask(
      "POST", "", ordered_json{{"graph", "version: 1\nnodes:\n  a: { type: stdin }\nedges: []\n"}}.dump());
  BOOST_TEST(refused.status == 422U);
  BOOST_TEST(code_of(refused) == "invalid_graph");
  const auto wrong = scene.ask(
      "POST", "", ordered_json{{"graph", "version: 1\nnodes:\n  a: { type: generat }\nedges: []\n"}}.dump());
  const auto detail = body_of(wrong).at("error").at("detail");
  BOOST_TEST(detail[0].at("code") == "UNKNOWN_TYPE");
  BOOST_TEST(detail[0].at("line") == 3);
  BOOST_TEST(detail[0].at("column") == 14);
  BOOST_TEST(scene.ask("POST", "", "{}").status == 422U);
  BOOST_TEST(scene.ask("POST", "", R"({"graph": 5})").status == 422U);
  BOOST_TEST(scene.ask("POST", "", R"({"graph": "", "extra": 1})").status == 422U);
  BOOST_TEST(scene.ask("POST", "", "{").status == 400U);
  BOOST_TEST(scene.audit().empty());
}

BOOST_AUTO_TEST_CASE(change_nothing_for_those_who_may_only_read_or_are_not_known) {
  flow_endpoints_scene scene;
  const auto id = start(scene, counting_graph(0));
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"POST", ""},
                                                        {"POST", "/" + id + "/stop"},
                                                        {"POST", "/" + id + "/pause"},
                                                        {"POST", "/" + id + "/resume"},
                                                        {"POST", "/" + id + "/nodes/out/control"},
                                                        {"PATCH", "/" + id + the_edge}}) {
    BOOST_TEST(scene.ask(method, path, "{}", scene.read_token).status == 403U, path);
    BOOST_TEST(scene.ask(method, path, "{}", "").status == 401U, path);
    BOOST_TEST(scene.ask(method, path, "{}", "wrong").status == 401U, path);
    BOOST_TEST(scene.ask(method, path).status == 415U, path);
  }
  BOOST_TEST(scene.ask("GET", "/" + id, {}, "").status == 401U);
  BOOST_TEST(scene.audit().size() == 1U);
  const auto running = kept(scene, id);
  scene.await(running, [&] { return running.status() != flow_status::starting; });
  BOOST_TEST((running.status() == flow_status::running));
  BOOST_TEST(running.snapshot().edges[0].counters.capacity == 1024U);
}

BOOST_AUTO_TEST_CASE(pause_resume_and_stop_and_say_what_holds_then) {
  flow_endpoints_scene scene;
  const auto id = start(scene, counting_graph(0));
  const auto running = kept(scene, id);
  scene.await(running, [&] { return running.status() == flow_status::running; });
  const auto paused = scene.ask("POST", "/" + id + "/pause", "{}");
  BOOST_TEST(paused.status == 200U);
  BOOST_TEST(body_of(paused).at("status") == "paused");
  const auto resumed = scene.ask("POST", "/" + id + "/resume", "{}");
  BOOST_TEST(body_of(resumed).at("status") == "running");
  BOOST_TEST(scene.ask("POST", "/" + id + "/stop", R"({"drain_timeout": "soon"})").status == 422U);
  const auto stopped = scene.ask("POST", "/" + id + "/stop", R"({"drain_timeout": "20s"})");
  BOOST_TEST(stopped.status == 202U);
  const std::string status = body_of(stopped).at("status");
  BOOST_TEST((status == "draining" || status == "finished"));
  (void)scene.await_end(running);

  const auto shown = body_of(scene.ask("GET", "/" + id));
  BOOST_TEST(shown.at("status") == "finished");
  BOOST_TEST(shown.at("summary").at("outcome") == "finished");
  BOOST_TEST(!shown.at("ended_at").is_null());
  for (const auto* order : {"/stop", "/pause", "/resume", "/nodes/out/control"}) {
    const auto late = scene.ask("POST", "/" + id + order, "{}");
    BOOST_TEST(late.status == 409U, order);
    BOOST_TEST(code_of(late) == "flow_ended");
    BOOST_TEST(late.body.find("finished") != std::string::npos);
  }
  BOOST_TEST(scene.ask("PATCH", "/" + id + the_edge, R"({"capacity": 5})").status == 409U);

  const auto rows = scene.audit();
  BOOST_REQUIRE(rows.size() == 4U);
  BOOST_TEST(rows[1] == "admin-token|flow.pause|" + id + "|{}");
  BOOST_TEST(rows[2] == "admin-token|flow.resume|" + id + "|{}");
  BOOST_TEST(rows[3] == "admin-token|flow.stop|" + id + R"(|{"drain_timeout":"20s"})");
}

BOOST_AUTO_TEST_CASE(change_an_edge_and_answer_with_what_it_has_become) {
  flow_endpoints_scene scene;
  const auto id = start(scene, counting_graph(0));
  const auto changed = scene.ask("PATCH", "/" + id + the_edge, R"({"capacity": 7, "priority": "urgent"})");
  BOOST_TEST(changed.status == 200U);
  BOOST_TEST(body_of(changed).at("capacity") == 7);
  BOOST_TEST(body_of(changed).at("band") == "urgent");
  const auto now = kept(scene, id).snapshot().edges[0];
  BOOST_TEST(now.counters.capacity == 7U);
  BOOST_TEST((now.band == priority_band::urgent));

  const auto patch = [&](const std::string& edge, const std::string& body) {
    return scene.ask("PATCH", "/" + id + "/edges/" + edge, body);
  };
  const auto unknown = patch("numbers.out-%3Eout.inn", R"({"capacity": 7})");
  BOOST_TEST(unknown.status == 404U);
  BOOST_TEST(unknown.body.find("did you mean 'numbers.out->out.in'?") != std::string::npos);
  BOOST_TEST(scene.ask("PATCH", "/" + id + the_edge, "{}").status == 422U);
  BOOST_TEST(scene.ask("PATCH", "/" + id + the_edge, R"({"capacity": 0})").status == 422U);
  BOOST_TEST(scene.ask("PATCH", "/" + id + the_edge, R"({"priority": "low"})").status == 422U);
  const auto rows = scene.audit();
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_TEST(rows[1] == "admin-token|flow.edge|" + id +
                            R"(|{"edge":"numbers.out->out.in","to":{"capacity":7,"priority":"urgent"},)" +
                            R"("from":{"capacity":1024,"priority":"normal"}})");
}

BOOST_AUTO_TEST_CASE(send_a_control_message_to_a_node) {
  flow_endpoints_scene scene;
  const auto id = start(scene, "version: 1\nnodes:\n  numbers: { type: generate, count: 10 }\n"
                               "  idle: { type: generate, rate: 0.01 }\n"
                               "  gather: { type: batch, count: 1000 }\n  out: { type: null }\n"
                               "edges:\n  - numbers -> gather\n  - idle -> gather\n  - gather -> out\n");
  const auto running = kept(scene, id);
  const auto handled = [&](std::size_t node) { return running.snapshot().nodes[node].counters; };
  scene.await(running, [&] { return handled(2).in == 11; });
  BOOST_TEST(handled(3).in == 0U);
  const auto taken =
      scene.ask("POST", "/" + id + "/nodes/gather/control", R"({"command": "flush", "token": "hidden"})");
  BOOST_TEST(taken.status == 202U);
  BOOST_TEST(body_of(taken).at("taken") == true);
  scene.await(running, [&] { return handled(3).in == 1; });
  BOOST_TEST(scene.ask("POST", "/" + id + "/nodes/gatherer/control", "{}").status == 404U);
  const auto rows = scene.audit();
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_TEST(rows[1] ==
             "admin-token|flow.control|" + id + R"(|{"node":"gather","members":["command","token"]})");
}

BOOST_AUTO_TEST_CASE(know_no_flow_that_is_not_there) {
  flow_endpoints_scene scene;
  const std::string nobody = "/019aa5a3-7b1c-7000-8000-000000000000";
  BOOST_TEST(scene.ask("GET", nobody).status == 404U);
  BOOST_TEST(code_of(scene.ask("POST", nobody + "/stop", "{}")) == "not_found");
  BOOST_TEST(scene.ask("GET", "/nonsense").status == 400U);
  BOOST_TEST(scene.ask("GET", "?since=1").status == 400U);
  BOOST_TEST(scene.audit().empty());
}

BOOST_AUTO_TEST_CASE(say_in_the_audit_log_when_what_was_ordered_was_refused_after_all) {
  flow_endpoints_scene scene;
  scene.keeper.stop_all(std::chrono::seconds{0});
  const auto refused = scene.ask("POST", "", ordered_json{{"graph", counting_graph(1)}}.dump());
  BOOST_TEST(refused.status == 503U);
  BOOST_TEST(code_of(refused) == "draining");
  const auto rows = scene.audit();
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_TEST(rows[0].starts_with("admin-token|flow.start|"));
  BOOST_TEST(rows[1] == rows[0].substr(0, rows[0].find("|{")) + R"(|{"refused":"draining","status":503})");
}

BOOST_AUTO_TEST_CASE(do_not_hold_up_the_store_or_each_other_while_one_is_being_started) {
  flow_endpoints_scene scene;
  std::promise<void> go;
  BOOST_REQUIRE(scene.flow_starts.add([&go] { go.get_future().wait(); }));
  auto coming = scene.send("POST", "", ordered_json{{"graph", counting_graph(0)}}.dump());
  // Another write, and a read, after the row of the start.
  const auto is_audited = [&scene] {
    const auto rows = scene.audit();
    return std::any_of(rows.begin(), rows.end(),
                       [](const auto& row) { return row.starts_with("admin-token|flow.start|"); });
  };
  for (int writes = 0; !is_audited(); ++writes) {
    BOOST_REQUIRE(writes < 10'000);
    scene.runs.set_lane({"default", "default"}, {}, "ann");
  }
  scene.runs.set_lane({"default", "default"}, {}, "ann");
  BOOST_TEST(body_of(scene.ask("GET", "")).at("flows").empty());
  BOOST_TEST((coming.wait_for(std::chrono::seconds{0}) == std::future_status::timeout));
  go.set_value();
  BOOST_TEST(flow_endpoints_scene::wait_for(std::move(coming), "start").status == 201U);
}

BOOST_AUTO_TEST_CASE(start_nothing_while_the_server_drains) {
  flow_endpoints_scene scene;
  scene.context.draining = true;
  const auto refused = scene.ask("POST", "", ordered_json{{"graph", counting_graph(1)}}.dump());
  BOOST_TEST(refused.status == 503U);
  BOOST_TEST(code_of(refused) == "draining");
  BOOST_TEST(scene.audit().empty());
}

BOOST_AUTO_TEST_CASE(do_nothing_that_cannot_be_audited) {
  flow_endpoints_scene scene;
  const auto id = start(scene, counting_graph(0));
  raw_database database(scene.folder.path() / "runs.db");
  database.run("ALTER TABLE audit_log RENAME TO elsewhere");
  for (const auto& refused : {scene.ask("POST", "", ordered_json{{"graph", counting_graph(0)}}.dump()),
                              scene.ask("PATCH", "/" + id + the_edge, R"({"capacity": 7})"),
                              scene.ask("POST", "/" + id + "/pause", "{}")})
    BOOST_TEST(refused.status >= 500U, refused.body);
  BOOST_TEST(scene.keeper.list().size() == 1U);
  const auto now = kept(scene, id).snapshot();
  BOOST_TEST(now.edges[0].counters.capacity == 1024U);
  BOOST_TEST((now.status != flow_status::paused));

  database.run("ALTER TABLE elsewhere RENAME TO audit_log");
  BOOST_TEST(scene.ask("POST", "/" + id + "/pause", "{}").status == 200U);
}

BOOST_AUTO_TEST_CASE(say_that_the_store_is_not_there_when_another_holds_it_for_too_long) {
  flow_endpoints_scene scene;
  raw_database database(scene.folder.path() / "runs.db");
  database.run("BEGIN IMMEDIATE");
  const auto unable = scene.ask("POST", "", ordered_json{{"graph", counting_graph(0)}}.dump());
  database.run("ROLLBACK");
  BOOST_TEST(unable.status == 503U, unable.body);
  BOOST_TEST(code_of(unable).starts_with("store_"));
  BOOST_TEST(scene.keeper.list().empty());
}

BOOST_AUTO_TEST_SUITE_END()
