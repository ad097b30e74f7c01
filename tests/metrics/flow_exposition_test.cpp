#include "metrics/flow_exposition.hpp"
#include "tests/metrics/series.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace sluice {

namespace {

using testing::parse_series;

edge_snapshot make_edge(std::string id) {
  edge_snapshot edge;
  edge.id = std::move(id);
  edge.policy = overflow_policy::drop_oldest;
  edge.band = priority_band::high;
  edge.counters.capacity = 64;
  edge.counters.offered = 1'000'000'007;
  edge.counters.accepted = 1'000'000'001;
  edge.counters.dropped = 1;
  edge.counters.refused_type = 2;
  edge.counters.refused_merge = 3;
  edge.counters.delivered = 999'999'961;
  edge.counters.replaced = 4;
  edge.counters.coalesced = 5;
  edge.counters.evicted = 6;
  edge.counters.discarded = 7;
  edge.counters.depth = 18;
  edge.counters.control = 8;
  edge.counters.blocked_ns = 1'500'000'000;
  return edge;
}

node_snapshot make_node(std::string id) {
  node_snapshot node;
  node.id = std::move(id);
  node.type = "filter";
  node.counters.in = 11;
  node.counters.out = 12;
  node.counters.errors = 13;
  node.counters.held = 14;
  node.counters.outbox = 15;
  node.counters.discarded = 16;
  node.counters.unrouted = 17;
  node.counters.control = 18;
  node.counters.restarts = 19;
  node.counters.stalls = 20;
  node.counters.busy_ns = 250'000'000;
  node.counters.ticks = 21;
  node.counters.tick_lateness_ns = 2'000'000;
  node.counters.tick_lateness_max_ns = 1'000'000;
  const auto buckets = latency_histogram::bounds().size() + 1;
  node.handler_time.counts.assign(buckets, 0);
  node.handler_time.counts[0] = 2;
  node.handler_time.counts[1] = 3;
  node.handler_time.counts[buckets - 1] = 1;
  node.handler_time.sum_ns = 12'000'000'000;
  node.control_latency = node.handler_time;
  return node;
}

flow_snapshot make_flow(std::string name, std::size_t edges, std::size_t nodes) {
  flow_snapshot flow;
  flow.name = std::move(name);
  flow.status = flow_status::running;
  for (std::size_t i = 0; i < edges; ++i)
    flow.edges.push_back(make_edge("a.out->b" + std::to_string(i) + ".in"));
  for (std::size_t i = 0; i < nodes; ++i)
    flow.nodes.push_back(make_node("b" + std::to_string(i)));
  return flow;
}

/// Both identities of an edge, as a person with nothing but the scrape would check them.
bool balances(const testing::series_map& all, const std::string& labels) {
  const auto of = [&](const std::string& name, const std::string& more = "") {
    return all.at("sluice_edge_" + name + "{" + labels + more + "}");
  };
  return of("offered_total") == of("accepted_total") + of("dropped_total") +
                                    of("refused_total", ",reason=\"type\"") +
                                    of("refused_total", ",reason=\"merge\"") &&
         of("accepted_total") == of("delivered_total") + of("replaced_total") + of("coalesced_total") +
                                     of("evicted_total") + of("discarded_total") + of("depth") &&
         of("depth") <= of("capacity");
}

} // namespace

BOOST_AUTO_TEST_SUITE(flow_exposition_test)

BOOST_AUTO_TEST_CASE(no_flows_render_as_nothing) {
  BOOST_TEST(render_flows({}).empty());
}

BOOST_AUTO_TEST_CASE(an_edge_is_rendered_with_all_its_counters_exactly) {
  const auto all = parse_series(render_flows({make_flow("f", 1, 0)}));
  const std::string labels = "{flow=\"f\",edge=\"a.out->b0.in\"}";
  BOOST_TEST(all.at("sluice_edge_capacity" + labels) == 64);
  BOOST_TEST(all.at("sluice_edge_depth" + labels) == 18);
  BOOST_TEST(all.at("sluice_edge_offered_total" + labels) == 1'000'000'007);
  BOOST_TEST(all.at("sluice_edge_accepted_total" + labels) == 1'000'000'001);
  BOOST_TEST(all.at("sluice_edge_delivered_total" + labels) == 999'999'961);
  BOOST_TEST(all.at("sluice_edge_dropped_total" + labels) == 1);
  BOOST_TEST(all.at("sluice_edge_refused_total{flow=\"f\",edge=\"a.out->b0.in\",reason=\"type\"}") == 2);
  BOOST_TEST(all.at("sluice_edge_refused_total{flow=\"f\",edge=\"a.out->b0.in\",reason=\"merge\"}") == 3);
  BOOST_TEST(all.at("sluice_edge_replaced_total" + labels) == 4);
  BOOST_TEST(all.at("sluice_edge_coalesced_total" + labels) == 5);
  BOOST_TEST(all.at("sluice_edge_evicted_total" + labels) == 6);
  BOOST_TEST(all.at("sluice_edge_discarded_total" + labels) == 7);
  BOOST_TEST(all.at("sluice_edge_control_total" + labels) == 8);
  BOOST_TEST(all.at("sluice_edge_blocked_seconds_total" + labels) == 1.5);
  BOOST_TEST(
      all.at("sluice_edge_info{flow=\"f\",edge=\"a.out->b0.in\",policy=\"drop_oldest\",priority=\"high\"}") ==
      1);
  BOOST_TEST(balances(all, "flow=\"f\",edge=\"a.out->b0.in\""));
}

BOOST_AUTO_TEST_CASE(a_node_is_rendered_with_all_its_counters) {
  const auto all = parse_series(render_flows({make_flow("f", 0, 1)}));
  const auto of = [&](const std::string& name) {
    return all.at("sluice_node_" + name + "{flow=\"f\",node=\"b0\"}");
  };
  BOOST_TEST(all.at("sluice_node_messages_total{flow=\"f\",node=\"b0\",direction=\"in\"}") == 11);
  BOOST_TEST(all.at("sluice_node_messages_total{flow=\"f\",node=\"b0\",direction=\"out\"}") == 12);
  BOOST_TEST(all.at("sluice_node_info{flow=\"f\",node=\"b0\",type=\"filter\"}") == 1);
  BOOST_TEST(of("errors_total") == 13);
  BOOST_TEST(of("held") == 14);
  BOOST_TEST(of("outbox") == 15);
  BOOST_TEST(of("discarded_total") == 16);
  BOOST_TEST(of("unrouted_total") == 17);
  BOOST_TEST(of("control_total") == 18);
  BOOST_TEST(of("restarts_total") == 19);
  BOOST_TEST(of("stalls_total") == 20);
  BOOST_TEST(of("busy_seconds_total") == 0.25);
  BOOST_TEST(of("ticks_total") == 21);
  BOOST_TEST(of("tick_lateness_seconds_total") == 0.002);
  BOOST_TEST(of("tick_lateness_max_seconds") == 0.001);
}

BOOST_AUTO_TEST_CASE(histograms_are_cumulative_and_in_seconds) {
  const auto all = parse_series(render_flows({make_flow("f", 0, 1)}));
  const auto bucket = [&](const std::string& bound) {
    return all.at("sluice_node_handler_seconds_bucket{flow=\"f\",node=\"b0\",le=\"" + bound + "\"}");
  };
  BOOST_TEST(bucket("1e-06") == 2);
  BOOST_TEST(bucket("2.5e-06") == 5);
  BOOST_TEST(bucket("10") == 5);
  BOOST_TEST(bucket("+Inf") == 6);
  BOOST_TEST(all.at("sluice_node_handler_seconds_count{flow=\"f\",node=\"b0\"}") == 6);
  BOOST_TEST(all.at("sluice_node_handler_seconds_sum{flow=\"f\",node=\"b0\"}") == 12);
}

BOOST_AUTO_TEST_CASE(control_latency_is_that_of_all_nodes_of_the_flow) {
  const auto all = parse_series(render_flows({make_flow("f", 0, 3)}));
  BOOST_TEST(all.at("sluice_control_latency_seconds_count{flow=\"f\"}") == 18);
  BOOST_TEST(all.at("sluice_control_latency_seconds_sum{flow=\"f\"}") == 36);
}

BOOST_AUTO_TEST_CASE(a_node_that_never_ran_has_an_empty_histogram) {
  auto flow = make_flow("f", 0, 1);
  flow.nodes[0].handler_time = {};
  const auto all = parse_series(render_flows({flow}));
  BOOST_TEST(all.at("sluice_node_handler_seconds_bucket{flow=\"f\",node=\"b0\",le=\"+Inf\"}") == 0);
}

BOOST_AUTO_TEST_CASE(the_status_is_1_for_the_present_one_and_0_for_the_others) {
  const auto all = parse_series(render_flows({make_flow("f", 0, 0)}));
  BOOST_TEST(all.at("sluice_flow_status{flow=\"f\",status=\"running\"}") == 1);
  for (const std::string other : {"starting", "paused", "draining", "finished", "failed", "aborted"})
    BOOST_TEST(all.at("sluice_flow_status{flow=\"f\",status=\"" + other + "\"}") == 0);
}

BOOST_AUTO_TEST_CASE(flows_of_one_name_are_told_apart) {
  auto third = make_flow("f", 0, 0);
  third.status = flow_status::paused;
  const auto all = parse_series(render_flows({make_flow("f", 0, 0), make_flow("f-2", 0, 0), third}));
  BOOST_TEST(all.at("sluice_flow_status{flow=\"f\",status=\"running\"}") == 1);
  BOOST_TEST(all.at("sluice_flow_status{flow=\"f-2\",status=\"running\"}") == 1);
  BOOST_TEST(all.at("sluice_flow_status{flow=\"f-3\",status=\"paused\"}") == 1);
}

BOOST_AUTO_TEST_CASE(each_edge_is_exported_up_to_the_limit_and_sums_beyond_it) {
  const auto at_limit = parse_series(render_flows({make_flow("f", exposition_detail_limit, 2)}));
  BOOST_TEST(at_limit.count("sluice_edge_depth{flow=\"f\",edge=\"a.out->b999.in\"}") == 1u);
  BOOST_TEST(at_limit.count("sluice_edge_depth{flow=\"f\",edge=\"*\"}") == 0u);

  const auto above = parse_series(render_flows({make_flow("f", exposition_detail_limit + 1, 2)}));
  BOOST_TEST(above.count("sluice_edge_depth{flow=\"f\",edge=\"a.out->b0.in\"}") == 0u);
  BOOST_TEST(above.at("sluice_edge_depth{flow=\"f\",edge=\"*\"}") == 18.0 * 1001);
  BOOST_TEST(balances(above, "flow=\"f\",edge=\"*\""));
  BOOST_TEST(above.at("sluice_node_messages_total{flow=\"f\",node=\"*\",direction=\"in\"}") == 22);
  BOOST_TEST(above.at("sluice_node_tick_lateness_max_seconds{flow=\"f\",node=\"*\"}") == 0.001);
  BOOST_TEST(above.at("sluice_node_handler_seconds_count{flow=\"f\",node=\"*\"}") == 12);
}

BOOST_AUTO_TEST_CASE(many_nodes_are_summed_like_many_edges) {
  const auto all = parse_series(render_flows({make_flow("f", 1, exposition_detail_limit + 1)}));
  BOOST_TEST(all.at("sluice_node_errors_total{flow=\"f\",node=\"*\"}") == 13.0 * 1001);
}

BOOST_AUTO_TEST_CASE(a_large_flow_is_exported_in_full_when_asked_for) {
  const auto flow = make_flow("f", exposition_detail_limit + 1, 0);
  const auto all = parse_series(render_flows({flow}, exposition_detail::full));
  BOOST_TEST(all.count("sluice_edge_depth{flow=\"f\",edge=\"a.out->b1000.in\"}") == 1u);
  BOOST_TEST(all.count("sluice_edge_depth{flow=\"f\",edge=\"*\"}") == 0u);
}

BOOST_AUTO_TEST_CASE(a_name_with_quotes_and_newlines_is_escaped) {
  const auto text = render_flows({make_flow("a\"b\\c\nd", 0, 0)});
  BOOST_TEST(text.find("flow=\"a\\\"b\\\\c\\nd\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
