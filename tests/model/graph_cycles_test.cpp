#include "tests/model/graph_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

const edge_settings back{.policy = overflow_policy::drop, .feedback = true};

} // namespace

BOOST_AUTO_TEST_SUITE(graph_cycles)

BOOST_AUTO_TEST_CASE(a_cycle_without_feedback_names_its_nodes_in_order) {
  auto builder = three_nodes();
  builder.add_type("d", "pass").connect("b", "d").connect("d", "b");
  const auto result = check(builder);
  check_findings(result, {"DEADLOCK_CYCLE edges[3]"});
  BOOST_TEST(result.found[0].text.find("the cycle b -> d -> b can fill up") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_lossy_edge_alone_does_not_make_a_cycle_legal_but_feedback_does) {
  auto builder = three_nodes();
  builder.add_type("d", "pass").connect("b", "d");
  check_findings(check(graph_builder(builder).connect("d", "b", {.policy = overflow_policy::drop})),
                 {"DEADLOCK_CYCLE edges[3]"});
  const auto result = check(graph_builder(builder).connect("d", "b", back));
  check_findings(result, {});
  check_equal(ordered_ids(*result.plan), {"a", "b", "c", "d"});
}

BOOST_AUTO_TEST_CASE(a_feedback_edge_must_not_block) {
  auto builder = three_nodes();
  builder.add_type("d", "pass").connect("b", "d").connect("d", "b", {.feedback = true});
  check_findings(check(builder), {"DEADLOCK_CYCLE edges[3].policy"});
}

BOOST_AUTO_TEST_CASE(a_feedback_edge_that_closes_no_cycle_is_refused) {
  check_findings(check(three_nodes().add_type("d", "sink").connect("b", "d", back)),
                 {"BAD_VALUE edges[2].feedback"});
}

BOOST_AUTO_TEST_CASE(a_feedback_edge_is_not_judged_while_another_edge_is_unclear) {
  auto builder = three_nodes();
  builder.add_type("dd", "pass").connect("b", "ddd").connect("dd", "b", back);
  check_findings(check(builder), {"UNKNOWN_NODE edges[2].to"});
}

BOOST_AUTO_TEST_CASE(an_edge_from_a_node_to_itself_is_a_cycle) {
  const auto result = check(three_nodes().connect("b", "b"));
  check_findings(result, {"DEADLOCK_CYCLE edges[2]"});
  BOOST_TEST(result.found[0].text.find("the cycle b -> b can") != std::string::npos);
  check_findings(check(three_nodes().connect("b", "b", back)), {});
}

BOOST_AUTO_TEST_CASE(a_retry_by_the_error_port_is_a_cycle_too) {
  check_findings(check(three_nodes().connect("b.error", "b")), {"DEADLOCK_CYCLE edges[2]"});
}

BOOST_AUTO_TEST_CASE(every_cycle_is_reported) {
  auto builder = three_nodes();
  builder.add_type("d", "pass").add_type("e", "pass").connect("b", "d").connect("d", "b");
  builder.connect("b", "e").connect("e", "b");
  check_findings(check(builder), {"DEADLOCK_CYCLE edges[3]", "DEADLOCK_CYCLE edges[5]"});
}

BOOST_AUTO_TEST_CASE(one_feedback_edge_does_not_excuse_another_cycle) {
  auto builder = three_nodes();
  builder.add_type("d", "pass").add_type("e", "pass").connect("b", "d").connect("d", "b", back);
  builder.connect("b", "e").connect("e", "b");
  check_findings(check(builder), {"DEADLOCK_CYCLE edges[5]"});
}

BOOST_AUTO_TEST_CASE(a_diamond_is_no_cycle) {
  auto builder = three_nodes();
  builder.add_type("d", "pass").connect("a", "d").connect("d", "c");
  check_findings(check(builder), {});
}

BOOST_AUTO_TEST_CASE(a_cycle_through_a_subgraph_is_found) {
  const auto inner =
      graph_builder().add_type("p", "pass").expose_input("in", "p").expose_output("out", "p").build();
  auto builder = three_nodes();
  builder.add_graph("sub", inner).connect("b", "sub").connect("sub", "b");
  const auto result = check(builder);
  check_findings(result, {"DEADLOCK_CYCLE edges[3]"});
  BOOST_TEST(result.found[0].text.find("b -> sub/p -> b") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(order_breaks_ties_by_declaration) {
  graph_builder builder;
  builder.add_type("z", "sink").add_type("y", "pass").add_type("x", "pass").add_type("w", "source");
  builder.add_type("v", "source").add_type("u", "sink");
  builder.connect("w", "x").connect("w", "y").connect("y", "z").connect("x", "z").connect("v", "u");
  const auto result = check(builder);
  BOOST_REQUIRE(result.plan);
  check_equal(ordered_ids(*result.plan), {"w", "y", "x", "z", "v", "u"});
}

BOOST_AUTO_TEST_SUITE_END()
