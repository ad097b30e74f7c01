#include "model/graph/flatten.hpp"
#include "tests/model/graph_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

/// A graph of one `pass` node `p` with the exposed ports `in` and `out`.
graph_builder passing() {
  return graph_builder().add_type("p", "pass").expose_input("in", "p").expose_output("out", "p");
}

/// source -> `inner` -> sink.
graph_builder around(const graph& inner) {
  graph_builder builder;
  builder.add_type("a", "source").add_graph("sub", inner).add_type("c", "sink");
  return builder.connect("a", "sub").connect("sub", "c");
}

/// Wraps `inner` in graphs that pass its ports on, `levels` times.
graph nest(graph inner, std::size_t levels) {
  for (std::size_t i = 0; i < levels; ++i)
    inner = graph_builder()
                .add_graph("sub", std::move(inner))
                .expose_input("in", "sub")
                .expose_output("out", "sub")
                .build();
  return inner;
}

} // namespace

BOOST_AUTO_TEST_SUITE(graph_subgraphs)

BOOST_AUTO_TEST_CASE(a_subgraph_becomes_its_nodes) {
  const auto result = check(around(passing().build()));
  check_findings(result, {});
  check_equal(node_ids(*result.plan), {"a", "sub/p", "c"});
  check_equal(edge_ids(*result.plan), {"a.out->sub/p.in", "sub/p.out->c.in"});
}

BOOST_AUTO_TEST_CASE(exposed_ports_resolve_through_several_levels) {
  const auto result = check(around(nest(passing().build(), 2)));
  check_findings(result, {});
  check_equal(edge_ids(*result.plan), {"a.out->sub/sub/sub/p.in", "sub/sub/sub/p.out->c.in"});
}

BOOST_AUTO_TEST_CASE(the_same_graph_may_be_used_twice) {
  const auto inner = passing().build();
  auto builder = around(inner);
  builder.add_graph("again", inner).connect("sub", "again").add_type("d", "sink").connect("again", "d");
  const auto result = check(builder);
  check_findings(result, {});
  check_equal(edge_ids(*result.plan),
              {"a.out->sub/p.in", "sub/p.out->c.in", "sub/p.out->again/p.in", "again/p.out->d.in"});
}

BOOST_AUTO_TEST_CASE(nesting_has_a_limit) {
  check_findings(check(around(nest(passing().build(), defaults::graph_depth - 1))), {});
  const auto result = check(around(nest(passing().build(), defaults::graph_depth)));
  BOOST_REQUIRE(result.found.size() == 1U);
  BOOST_TEST(result.found[0].code == "BAD_VALUE");
  BOOST_TEST(result.found[0].text.find("nested more than 32 deep") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_graph_that_contains_itself_is_refused) {
  const auto loop = std::make_shared<graph>(around(passing().build()).build());
  loop->nodes[1].inner = loop;
  const auto result = validate(*loop, fake_catalog());
  loop->nodes[1].inner.reset();
  check_findings(result, {"BAD_VALUE nodes.sub.graph"});
  BOOST_TEST(result.found[0].text.find("contains itself") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_graph_that_doubles_at_each_level_is_refused_in_time) {
  auto inner = std::make_shared<const graph>(graph_builder().add_type("s", "source").build());
  for (int i = 0; i < 30; ++i) {
    auto outer = std::make_shared<graph>();
    outer->nodes.resize(2);
    outer->nodes[0].id = "x";
    outer->nodes[0].inner = inner;
    outer->nodes[1].id = "y";
    outer->nodes[1].inner = inner;
    inner = outer;
  }
  detail::validation_report report;
  const auto flat = detail::flatten(*inner, report);
  BOOST_TEST(flat.nodes.size() + flat.scopes.size() <= defaults::graph_nodes + 1);
  BOOST_REQUIRE(report.all().size() == 1U);
  BOOST_TEST(report.all()[0].text == "a graph with its subgraphs has at most 1000000 nodes");
}

BOOST_AUTO_TEST_CASE(paths_of_findings_go_through_the_subgraph) {
  const auto inner = passing().add_type("bad name", "tuned", {{"size", "0"}}).connect("p", "q").build();
  check_findings(check(around(inner)),
                 {"BAD_NAME nodes.sub.graph.nodes.bad name", "BAD_VALUE nodes.sub.graph.nodes.bad name.size",
                  "UNKNOWN_NODE nodes.sub.graph.edges[0].to"});
}

BOOST_AUTO_TEST_CASE(an_empty_subgraph_is_refused) {
  auto builder = three_nodes();
  check_findings(check(builder.add_graph("sub", graph())), {"BAD_VALUE nodes.sub.graph.nodes"});
}

BOOST_AUTO_TEST_CASE(an_exposed_port_must_stand_for_one_that_is_there) {
  const auto exposing = [](const char* name, const port_name& inner) {
    return check(around(passing().expose_output(name, inner).build()));
  };
  check_findings(exposing("more", "nobody"),
                 {"BAD_EXPOSE nodes.sub.graph.outputs.more", "UNKNOWN_PORT edges[1].from"});
  check_findings(check(around(graph_builder()
                                  .add_type("p", "pass")
                                  .expose_input("in", "p.out")
                                  .expose_output("out", "p.nothing")
                                  .build())),
                 {"BAD_EXPOSE nodes.sub.graph.inputs.in", "BAD_EXPOSE nodes.sub.graph.outputs.out"});
  check_findings(exposing("error", "p.error"), {});
}

BOOST_AUTO_TEST_CASE(an_exposed_name_is_valid_and_there_once_for_each_direction) {
  check_findings(check(around(passing().expose_input("in", "p").build())),
                 {"BAD_EXPOSE nodes.sub.graph.inputs.in"});
  check_findings(check(around(passing().expose_output("error now", "p.error").build())),
                 {"BAD_NAME nodes.sub.graph.outputs.error now", "UNKNOWN_PORT edges[1].from"});
  check_findings(check(graph_builder().add_type("p", "pass").expose_input("x", "p").expose_output("x", "p")),
                 {});
}

BOOST_AUTO_TEST_CASE(a_subgraph_port_that_is_not_exposed_is_unknown) {
  const auto result = check(around(passing().build()).connect("sub.p", "c"));
  check_findings(result, {"UNKNOWN_PORT edges[2].from"});
  BOOST_TEST(result.found[0].text == "the subgraph 'sub' has no output port 'p'; its output ports are out");
}

BOOST_AUTO_TEST_CASE(a_subgraph_that_exposes_nothing_cannot_be_connected) {
  const auto inner = graph_builder().add_type("s", "source").add_type("d", "sink").connect("s", "d").build();
  auto builder = three_nodes();
  check_findings(check(builder.add_graph("sub", inner)), {});
  const auto result = check(builder.connect("b", "sub"));
  check_findings(result, {"UNKNOWN_PORT edges[2].to"});
  BOOST_TEST(result.found[0].text == "the subgraph 'sub' exposes no input port; add one to its `inputs`");
}

BOOST_AUTO_TEST_CASE(an_exposed_port_that_nothing_is_connected_to_is_reported_at_the_subgraph) {
  graph_builder builder = three_nodes();
  const auto result = check(builder.add_graph("sub", nest(passing().build(), 1)));
  check_findings(result, {"MISSING_INPUT nodes.sub", "NO_CONSUMER nodes.sub"});
  BOOST_TEST(result.found[0].text ==
             "no edge enters 'sub.in' of the subgraph ('sub/sub/p.in' inside); add one");
}

BOOST_AUTO_TEST_CASE(two_exposed_names_of_one_port_make_a_duplicate_edge_visible) {
  auto builder = around(passing().expose_input("also", "p").build());
  builder = graph_builder().add_type("a", "source").add_type("c", "sink");
  builder.add_graph("sub", passing().expose_input("also", "p").build());
  builder.connect("a", "sub.in").connect("a", "sub.also").connect("sub", "c");
  check_findings(check(builder), {"DUPLICATE_EDGE edges[1]"});
}

BOOST_AUTO_TEST_CASE(errors_are_collected_inside_first_and_then_outside) {
  const auto inner =
      passing().add_type("s", "source").add_type("k", "any_sink").connect("s", "k").errors("k").build();
  auto builder = around(inner);
  const auto result = check(builder.add_type("dead", "any_sink").errors("dead"));
  check_findings(result, {});
  check_equal(edge_ids(*result.plan),
              {"a.out->sub/p.in", "sub/p.out->c.in", "sub/s.out->sub/k.in", "sub/p.error->sub/k.in",
               "sub/s.error->sub/k.in", "a.error->dead.in", "sub/k.error->dead.in", "c.error->dead.in"});
}

BOOST_AUTO_TEST_CASE(errors_may_go_to_a_subgraph_with_one_input) {
  const auto dead = graph_builder().add_type("k", "any_sink").expose_input("in", "k").build();
  auto builder = three_nodes();
  const auto result = check(builder.add_graph("dead", dead).errors("dead"));
  check_findings(result, {});
  BOOST_TEST(result.plan->edges().size() == 5U);
  BOOST_TEST(result.plan->edges().back().id == "c.error->dead/k.in");
}

BOOST_AUTO_TEST_CASE(an_edge_into_a_subgraph_makes_a_two_sided_type_inside_a_sink) {
  const auto inner =
      graph_builder().add_type("f", "file", {{"append", "true"}}).expose_input("in", "f").build();
  check_findings(check(graph_builder().add_type("a", "source").add_graph("w", inner).connect("a", "w")), {});
}

BOOST_AUTO_TEST_SUITE_END()
