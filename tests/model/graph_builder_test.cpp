#include "tests/model/graph_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

struct scaled : idle_node {
  explicit scaled(int by) : factor(by) {}
  int factor;
};

} // namespace

BOOST_AUTO_TEST_SUITE(graph_builders)

BOOST_AUTO_TEST_CASE(nodes_of_classes_and_makers_make_fresh_nodes_each_time) {
  graph_builder builder("doubles");
  builder.add<idle_node>("a", source_of<int>()).add<scaled>("b", one_to_one<int, int>(), 2);
  builder.add(
      "c", [] { return std::make_unique<idle_node>(); }, sink_of<int>());
  builder.execution(execution_kind::blocking).connect("a", "b").connect("b", "c");
  const auto result = validate(builder.build(), node_catalog());
  check_findings(result, {});
  BOOST_TEST(result.plan->name() == "doubles");
  const auto& planned = result.plan->nodes()[1];
  BOOST_TEST(planned.type == "c++");
  const auto first = planned.make();
  const auto second = planned.make();
  BOOST_TEST(first.get() != second.get());
  BOOST_REQUIRE(dynamic_cast<scaled*>(second.get()));
  BOOST_TEST(dynamic_cast<scaled*>(second.get())->factor == 2);
  BOOST_TEST((planned.execution == execution_kind::cooperative));
  BOOST_TEST((result.plan->nodes()[2].execution == execution_kind::blocking));
}

BOOST_AUTO_TEST_CASE(types_of_cpp_nodes_are_checked) {
  graph_builder builder;
  builder.add<idle_node>("a", source_of<int>()).add<idle_node>("b", sink_of<double>()).connect("a", "b");
  check_findings(check(builder), {"TYPE_MISMATCH edges[0]"});
}

BOOST_AUTO_TEST_CASE(a_cpp_node_must_not_list_the_error_port) {
  graph_builder builder;
  builder.add<idle_node>("a", {{}, {{"out", port_type::of<int>(), {}}, {"error", port_type::any(), {}}}});
  builder.add<idle_node>("b", sink_of<int>()).connect("a", "b");
  check_findings(check(builder), {"BAD_NAME nodes.a"});
}

BOOST_AUTO_TEST_CASE(ends_are_written_in_three_ways) {
  const auto is = [](const port_name& name, const char* node, const char* port) {
    return name.end().node == node && name.end().port == port;
  };
  BOOST_TEST(is("a", "a", ""));
  BOOST_TEST(is("a.out", "a", "out"));
  BOOST_TEST(is({"a", "out"}, "a", "out"));
  BOOST_TEST(is(std::string("a.out"), "a", "out"));
}

BOOST_AUTO_TEST_CASE(settings_ports_and_errors_reach_the_graph) {
  graph_builder builder("g");
  builder.add_type("a", "tuned", {{"size", "3"}})
      .on_error({.policy = error_policy::restart, .restart_limit = 2});
  builder.connect({"a", "out"}, "b", {.capacity = 7})
      .expose_input("in", "a")
      .expose_output("e", "a.error")
      .errors("a");
  const auto made = builder.build();
  BOOST_TEST(made.name == "g");
  BOOST_TEST(made.nodes[0].given.find("size")->text() == "3");
  BOOST_TEST(made.nodes[0].on_error.restart_limit == 2U);
  BOOST_TEST(made.edges[0].settings.capacity == 7U);
  BOOST_TEST(made.inputs[0].inner.node == "a");
  BOOST_TEST(made.outputs[0].inner.port == "error");
  BOOST_TEST(made.errors == "a");
}

BOOST_AUTO_TEST_CASE(what_is_said_of_the_last_node_needs_one) {
  BOOST_CHECK_THROW(graph_builder().on_error({}), error);
  BOOST_CHECK_THROW(graph_builder().execution(execution_kind::blocking), error);
}

BOOST_AUTO_TEST_SUITE_END()
