#include "model/base/error.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/flows_json.hpp"
#include "runtime/wire/runs_json.hpp"
#include "runtime/wire/server_reader.hpp"
#include "tests/runtime/scripted_runs_client.hpp"
#include "tests/runtime/wire_complaints.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace sluice;

namespace {

flow_facts some_flow() {
  flow_facts flow;
  flow.id = numbered_run(1);
  flow.name = "errors";
  flow.status = flow_status::running;
  flow.by = "ada";
  flow.started_at = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  return flow;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wire_server_reader)

BOOST_AUTO_TEST_CASE(a_flow_is_read_with_the_counters_that_were_written) {
  flow_snapshot now;
  node_snapshot node;
  node.id = "parse";
  node.type = "json_parse";
  node.counters.in = 12;
  node.counters.out = 11;
  node.counters.errors = 1;
  node.counters.busy_ns = 1'500'000'000;
  now.nodes = {node};
  edge_snapshot edge;
  edge.id = "a.out->b.in";
  edge.policy = overflow_policy::drop_oldest;
  edge.band = priority_band::high;
  edge.counters.capacity = 64;
  edge.counters.depth = 63;
  edge.counters.offered = 1'000;
  edge.counters.delivered = 900;
  edge.counters.dropped = 1;
  edge.counters.refused_type = 2;
  edge.counters.refused_merge = 3;
  edge.counters.replaced = 4;
  edge.counters.coalesced = 5;
  edge.counters.evicted = 6;
  edge.counters.discarded = 7;
  edge.counters.blocked_ns = 2'500'000'000;
  now.edges = {edge};
  flow_summary summary;
  summary.outcome = flow_status::failed;
  summary.reason = "it broke";
  const auto view = read_flow_view(parse_answer(flow_view_json(some_flow(), now, &summary)));
  BOOST_TEST((view.flow.id == numbered_run(1)));
  BOOST_TEST(view.flow.status == "running");
  BOOST_TEST(!view.flow.ended_at.has_value());
  BOOST_TEST(view.outcome == "failed");
  BOOST_TEST(view.reason == "it broke");
  BOOST_REQUIRE(view.nodes.size() == 1u);
  BOOST_TEST(view.nodes[0].path == "parse");
  BOOST_TEST(view.nodes[0].in + view.nodes[0].out + view.nodes[0].errors == 24u);
  BOOST_TEST(view.nodes[0].busy_seconds == 1.5);
  BOOST_REQUIRE(view.edges.size() == 1u);
  const auto& read = view.edges[0];
  BOOST_TEST(read.id == "a.out->b.in");
  BOOST_TEST(read.policy == "drop_oldest");
  BOOST_TEST(read.band == "high");
  BOOST_TEST(read.capacity == 64u);
  BOOST_TEST(read.depth == 63u);
  BOOST_TEST(read.in == 1'000u);
  BOOST_TEST(read.out == 900u);
  BOOST_TEST(read.coalesced == 5u);
  BOOST_TEST(read.lost() == 1u + 5u + 4u + 6u + 7u); // merged ones are not lost
  BOOST_TEST(read.blocked_seconds == 2.5);
}

BOOST_AUTO_TEST_CASE(a_flow_that_runs_has_no_outcome) {
  const auto view = read_flow_view(parse_answer(flow_view_json(some_flow(), {}, nullptr)));
  BOOST_TEST(view.outcome == "");
  BOOST_TEST(view.edges.empty());
}

BOOST_AUTO_TEST_CASE(health_is_read_also_when_parts_are_missing) {
  const auto health = read_health(
      parse_answer(R"({"version":"0.1.0","uptime_seconds":61.5,"ready":true,"draining":false,"store":"ok",)"
                   R"("runs":{"queued":12,"failed":0},"worker":{"enabled":true,"reason":"","running":true,)"
                   R"("lanes":["default/default"],"ticks":7,"leases_held":2}})"));
  BOOST_TEST(health.ready);
  BOOST_TEST(health.uptime_seconds == 61.5);
  BOOST_REQUIRE(health.runs.size() == 2u);
  BOOST_TEST(health.runs[0].first == "queued");
  BOOST_TEST(health.runs[0].second == 12u);
  BOOST_TEST(health.worker_running);
  BOOST_TEST(health.worker_lanes == std::vector<std::string>{"default/default"},
             boost::test_tools::per_element());
  BOOST_TEST(health.worker_ticks + health.leases_held == 9u);
  BOOST_TEST(!read_health(parse_answer(R"({"ready":false})")).ready);
}

BOOST_AUTO_TEST_CASE(leases_and_audit_rows_are_read) {
  const auto lease = read_lease(parse_answer(R"({"run":"00000000-0000-0000-0000-000000000001","token":17,)"
                                             R"("owner":"b:1:2:3","expires_in_seconds":-1.5,"live":false})"));
  BOOST_TEST(lease.token == 17u);
  BOOST_TEST(lease.expires_in_seconds.value() == -1.5);
  BOOST_TEST(!lease.live);
  const auto row = read_audit(parse_answer(R"({"id":3,"at":"2026-11-21T12:00:00.000Z","actor":"ada",)"
                                           R"("action":"run.pause","subject":"x","detail":{"n":1}})"));
  BOOST_TEST(row.id == 3);
  BOOST_TEST(row.action == "run.pause");
  BOOST_TEST(row.detail == R"({"n":1})");
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_something_else_is_named) {
  BOOST_TEST(contains(complaint(read_health, "{}"), "health.ready"));
  BOOST_TEST(contains(complaint(read_health, R"({"ready":true,"runs":{"queued":-1}})"), "runs.queued"));
  BOOST_TEST(contains(complaint(read_flow_edge, R"({"id":"e","depth":"many"})"), "edge.depth"));
  BOOST_TEST(contains(complaint(read_lease, R"({"run":"x"})"), "lease.run"));
  BOOST_TEST(contains(complaint(read_audit, R"({"id":1,"at":"yesterday"})"), "audit.at"));
  BOOST_TEST(contains(complaint(read_flow_view, R"([])"), "flow is no object"));
}

BOOST_AUTO_TEST_SUITE_END()
