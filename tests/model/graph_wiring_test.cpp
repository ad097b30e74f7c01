#include "tests/model/graph_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

const error_settings emits{.policy = error_policy::emit_error};

} // namespace

BOOST_AUTO_TEST_SUITE(graph_wiring)

BOOST_AUTO_TEST_CASE(an_input_port_that_no_edge_enters_is_an_error) {
  graph_builder builder;
  builder.add_type("a", "source").add_type("j", "two_inputs").add_type("c", "sink");
  builder.connect("a", "j.left").connect("j", "c");
  const auto result = check(builder);
  check_findings(result, {"MISSING_INPUT nodes.j"});
  BOOST_TEST(result.found[0].text == "no edge enters the input port 'j.right'; add one");
  check_findings(check(builder.connect("a", "j.right")), {});
}

BOOST_AUTO_TEST_CASE(a_node_that_nothing_is_connected_to_gives_one_finding) {
  const auto result = check(three_nodes().add_type("j", "two_inputs"));
  check_findings(result, {"MISSING_INPUT nodes.j"});
  BOOST_TEST(result.found[0].text.find("is not connected") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_output_that_no_edge_leaves_is_a_warning_and_the_plan_stands) {
  const auto result = check(three_nodes().add_type("d", "pass").connect("a", "d"));
  check_findings(result, {"NO_CONSUMER nodes.d"});
  BOOST_TEST(result.plan != nullptr);
}

BOOST_AUTO_TEST_CASE(ports_that_the_outermost_graph_exposes_are_connected_and_in_the_plan) {
  graph_builder builder;
  builder.add_type("j", "two_inputs").add_type("a", "source").connect("a", "j.left");
  const auto result = check(builder.expose_input("more", "j.right").expose_output("joined", "j"));
  check_findings(result, {});
  BOOST_REQUIRE(result.plan->inputs().size() == 1U);
  BOOST_TEST(result.plan->inputs()[0].name == "more");
  BOOST_TEST(result.plan->inputs()[0].node == 0U);
  BOOST_TEST(result.plan->inputs()[0].port == 1U);
  BOOST_REQUIRE(result.plan->outputs().size() == 1U);
  BOOST_TEST(result.plan->outputs()[0].port == 0U);
}

BOOST_AUTO_TEST_CASE(an_exposed_input_makes_a_two_sided_type_a_sink) {
  const auto result = check(graph_builder().add_type("f", "file").expose_input("in", "f"));
  check_findings(result, {});
  BOOST_TEST(!result.plan->nodes()[0].is_source());
}

BOOST_AUTO_TEST_CASE(emit_error_insists_on_somewhere_to_send_errors) {
  auto builder =
      graph_builder().add_type("a", "source").add_type("b", "pass").on_error(emits).add_type("c", "sink");
  builder.connect("a", "b").connect("b", "c");
  const auto nowhere = check(builder);
  check_findings(nowhere, {"BAD_VALUE nodes.b.on_error"});
  BOOST_TEST(
      nowhere.found[0].text ==
      "emit_error needs somewhere to send errors: connect 'b.error', or name a node in the graph's `errors`");
  auto wired = builder;
  check_findings(check(wired.add_type("dead", "any_sink").connect("b.error", "dead")), {});
  auto collected = builder;
  check_findings(check(collected.add_type("dead", "any_sink").errors("dead")), {});
}

BOOST_AUTO_TEST_CASE(emit_error_of_a_node_that_the_errors_node_leads_to_is_reported) {
  auto builder = three_nodes();
  builder.add_type("dead", "pass").add_type("after", "sink").on_error(emits).connect("dead", "after");
  const auto result = check(builder.errors("dead"));
  check_findings(result, {"BAD_VALUE nodes.after.on_error"});
  BOOST_TEST(result.found[0].text ==
             "emit_error needs somewhere to send errors: connect 'after.error'; the graph's `errors` node "
             "cannot take them: it is this node or leads to it");
}

BOOST_AUTO_TEST_CASE(the_errors_node_gets_every_unwired_error_port) {
  auto builder = three_nodes();
  builder.add_type("dead", "file", {{"append", "true"}})
      .add_type("own", "any_sink")
      .connect("b.error", "own");
  const auto result = check(builder.errors("dead"));
  check_findings(result, {});
  check_equal(edge_ids(*result.plan), {"a.out->b.in", "b.out->c.in", "b.error->own.in", "a.error->dead.in",
                                       "c.error->dead.in", "own.error->dead.in"});
  const auto& added = result.plan->edges().back().settings;
  BOOST_TEST((added.policy == overflow_policy::block));
  BOOST_TEST(added.capacity == defaults::edge_capacity);
  BOOST_TEST(result.plan->edges().back().from_port == result.plan->nodes()[4].error_output());
}

BOOST_AUTO_TEST_CASE(the_errors_node_does_not_get_the_errors_of_what_it_leads_to) {
  auto builder = three_nodes();
  builder.add_type("dead", "pass").connect("dead", "b");
  const auto result = check(builder.errors("dead"));
  check_findings(result, {});
  check_equal(edge_ids(*result.plan), {"a.out->b.in", "b.out->c.in", "dead.out->b.in", "a.error->dead.in"});
}

BOOST_AUTO_TEST_CASE(an_errors_node_must_exist_and_have_one_input) {
  auto builder = three_nodes();
  builder.add_type("dead", "any_sink");
  check_findings(check(graph_builder(builder).errors("daed")), {"UNKNOWN_NODE errors"});
  check_findings(check(graph_builder(builder).connect("a.error", "dead").errors("a")),
                 {"UNKNOWN_PORT errors"});
  check_findings(check(graph_builder(builder).errors("dead")), {});
}

BOOST_AUTO_TEST_CASE(an_unknown_errors_node_is_reported_once_and_not_for_each_emit_error) {
  auto builder = three_nodes();
  builder.on_error(emits);
  check_findings(check(builder.errors("nobody")), {"UNKNOWN_NODE errors"});
}

BOOST_AUTO_TEST_SUITE_END()
