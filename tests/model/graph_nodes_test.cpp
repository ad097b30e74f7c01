#include "model/config/option_mistakes.hpp"
#include "tests/model/graph_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(graph_nodes)

BOOST_AUTO_TEST_CASE(a_good_graph_has_a_plan_and_no_findings) {
  const auto result = check(three_nodes());
  check_findings(result, {});
  BOOST_REQUIRE(result.plan);
  check_equal(node_ids(*result.plan), {"a", "b", "c"});
  check_equal(edge_ids(*result.plan), {"a.out->b.in", "b.out->c.in"});
  check_equal(ordered_ids(*result.plan), {"a", "b", "c"});
  BOOST_TEST(result.plan->nodes()[1].inputs == std::vector<std::size_t>{0});
  BOOST_TEST(result.plan->nodes()[1].outputs == std::vector<std::size_t>{1});
  BOOST_TEST(result.plan->nodes()[0].is_source());
}

BOOST_AUTO_TEST_CASE(an_unknown_type_is_reported_with_the_nearest_name) {
  auto source = three_nodes().add_type("d", "jsn_parse").connect("a", "d").build();
  source.nodes[3].position = {7, 3};
  source.nodes[3].type_position = {7, 13};
  const auto result = validate(source, fake_catalog());
  check_findings(result, {"UNKNOWN_TYPE nodes.d.type"});
  BOOST_TEST(
      to_string(result.found[0], "pipeline.yaml") ==
      "pipeline.yaml:7:13: error: nodes.d.type: unknown node type 'jsn_parse' (did you mean 'json_parse'?) "
      "[UNKNOWN_TYPE]");
}

BOOST_AUTO_TEST_CASE(an_alias_is_a_known_type_and_the_plan_has_its_real_name) {
  const auto result =
      check(graph_builder().add_type("a", "source").add_type("b", "discard").connect("a", "b"));
  check_findings(result, {});
  BOOST_TEST(result.plan->nodes()[1].type == "any_sink");
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_reported_at_its_name) {
  auto given = config_value::map({{"type", {1, 1}, config_value::scalar("tuned")},
                                  {"sise", {3, 5}, config_value::scalar("3")},
                                  {"doc", {4, 5}, config_value::scalar("words")}});
  const auto result = check(three_nodes().add_type("d", "tuned", given).connect("a", "d").connect("d", "c"));
  check_findings(result, {"UNKNOWN_OPTION nodes.d.sise"});
  BOOST_TEST(result.found[0].position.line == 3);
  BOOST_TEST(result.found[0].text == "unknown option 'sise' (did you mean 'size'?)");
}

BOOST_AUTO_TEST_CASE(a_value_out_of_range_is_reported_and_one_at_the_bound_is_not) {
  const auto with_size = [](const char* size) {
    return check(three_nodes().add_type("d", "tuned", {{"size", size}}).connect("a", "d").connect("d", "c"));
  };
  check_findings(with_size("11"), {"BAD_VALUE nodes.d.size"});
  check_findings(with_size("10"), {});
}

BOOST_AUTO_TEST_CASE(an_option_that_the_maker_refuses_is_reported_at_its_place) {
  const auto with_pattern = [](const char* pattern) {
    auto given = config_value::map({{"pattern", {5, 3}, config_value::scalar(pattern, false, {5, 12})}});
    return check(three_nodes().add_type("d", "pattern", given).connect("a", "d").connect("d", "c"));
  };
  const auto result = with_pattern("bad");
  check_findings(result, {"BAD_VALUE nodes.d.pattern"});
  BOOST_TEST((result.found[0].position == source_position{5, 12}));
  check_findings(with_pattern("good"), {});
}

BOOST_AUTO_TEST_CASE(a_node_with_wrong_options_is_not_made) {
  auto catalog = fake_catalog();
  auto type = fake_type("counted", "sink", sink_of<text>(), {{"size", option_kind::integer, false, {}, "x"}});
  int made = 0;
  type.make = [&](const options&) { return ++made, std::make_unique<idle_node>(); };
  catalog.add(type);
  const auto with_size = [&](const char* size) {
    return validate(graph_builder()
                        .add_type("a", "source")
                        .add_type("b", "counted", {{"size", size}})
                        .connect("a", "b")
                        .build(),
                    catalog);
  };
  BOOST_TEST(!with_size("many").plan);
  BOOST_TEST(made == 0);
  const auto good = with_size("1");
  BOOST_REQUIRE(good.plan);
  const int before = made;
  BOOST_TEST(good.plan->nodes()[1].make().get() != good.plan->nodes()[1].make().get());
  BOOST_TEST(made == before + 2);
}

BOOST_AUTO_TEST_CASE(what_a_maker_throws_becomes_a_finding_and_a_broken_type_an_internal_error) {
  auto catalog = fake_catalog();
  auto throwing = fake_type("throwing", "source", source_of<text>());
  throwing.make = [](const options&) -> std::unique_ptr<node> { throw std::runtime_error("no luck"); };
  catalog.add(throwing);
  auto nothing = fake_type("nothing", "source", source_of<text>());
  nothing.make = [](const options&) { return std::unique_ptr<node>(); };
  catalog.add(nothing);
  const auto with_type = [&](const char* type) {
    return validate(graph_builder().add_type("a", type).add_type("b", "sink").connect("a", "b").build(),
                    catalog);
  };
  const auto result = with_type("throwing");
  check_findings(result, {"BAD_VALUE nodes.a"});
  BOOST_TEST(result.found[0].text == "no luck");
  BOOST_CHECK_THROW(with_type("nothing"), internal_error);
}

BOOST_AUTO_TEST_CASE(ports_that_options_name_are_checked) {
  const auto with_ports = [](const std::vector<std::string>& names) {
    graph_builder builder;
    builder.add_type("a", "source").add_type("s", "split", split_into(names)).add_type("c", "sink");
    return check(builder.connect("a", "s").connect("s.else", "c").connect({"s", names.front()}, "c"));
  };
  check_findings(with_ports({"x"}), {});
  check_findings(with_ports({"two words"}), {"BAD_NAME nodes.s"});
  check_findings(with_ports({"else"}),
                 {"BAD_NAME nodes.s", "DUPLICATE_EDGE edges[2]", "NO_CONSUMER nodes.s"});
  check_findings(with_ports({"error"}), {"BAD_NAME nodes.s"});
}

BOOST_AUTO_TEST_CASE(a_type_that_is_a_source_and_a_sink_is_chosen_by_whether_an_edge_enters) {
  graph_builder builder;
  builder.add_type("from", "file", {{"follow", "true"}}).add_type("to", "file", {{"append", "true"}});
  const auto result = check(builder.connect("from", "to"));
  check_findings(result, {});
  BOOST_TEST(result.plan->nodes()[0].is_source());
  BOOST_TEST(!result.plan->nodes()[1].is_source());
}

BOOST_AUTO_TEST_CASE(a_node_declared_twice_is_reported_once) {
  auto source = three_nodes().add_type("b", "pass").build();
  source.nodes[1].position = {3, 3};
  source.nodes[3].position = {5, 3};
  const auto result = validate(source, fake_catalog());
  check_findings(result, {"DUPLICATE_NODE nodes.b"});
  BOOST_TEST(result.found[0].position.line == 5);
  BOOST_TEST(result.found[0].text == "the node 'b' is declared twice, first in line 3; rename one");
}

BOOST_AUTO_TEST_CASE(bad_names_are_reported_and_the_longest_good_one_is_not) {
  const auto named = [](const std::string& id) {
    return check(graph_builder().add_type(id, "source").add_type("b", "sink").connect({id, ""}, "b"));
  };
  check_findings(named("two words"), {"BAD_NAME nodes.two words"});
  check_findings(named("1st"), {"BAD_NAME nodes.1st"});
  check_findings(named(std::string(128, 'x')), {});
  BOOST_TEST(only_text(named(std::string(129, 'x'))).find("has 129 characters; at most 128") !=
             std::string::npos);
  const auto empty = check(three_nodes().add_type("", "source"));
  check_findings(empty, {"BAD_NAME nodes."});
}

BOOST_AUTO_TEST_CASE(what_no_edge_can_name_is_not_reported_as_unconnected) {
  check_findings(check(three_nodes().add_type("2x", "sink")), {"BAD_NAME nodes.2x"});
  check_findings(check(three_nodes().add_type("2x", "two_inputs").connect("a", "2x.left")),
                 {"BAD_NAME nodes.2x"});
  graph_builder inner;
  inner.add_type("p", "pass").expose_input("in", "p").expose_output("out", "p");
  check_findings(check(three_nodes().add_graph("2x", inner.build())), {"BAD_NAME nodes.2x"});
}

BOOST_AUTO_TEST_CASE(all_mistakes_inside_one_option_are_reported_each_in_its_place) {
  auto catalog = fake_catalog();
  auto picky =
      fake_type("picky", "source", source_of<text>(), {{"of", option_kind::string_map, true, {}, "x"}});
  picky.make = [](const options&) -> std::unique_ptr<node> {
    using part = option_mistake::part;
    throw option_mistakes("of", {{"a.b", part::name, "a bad name"}, {"c", part::value, "a bad value"}});
  };
  catalog.add(picky);
  const auto members = config_value::map({{"a.b", {3, 4}, config_value::scalar("x", false, {3, 9})},
                                          {"c", {4, 4}, config_value::scalar("y", false, {4, 7})}});
  graph_builder builder;
  builder.add_type("a", "picky", config_value::map({{"of", {}, members}})).add_type("b", "sink");
  const auto result = validate(builder.connect("a", "b").build(), catalog);
  check_findings(result, {"BAD_VALUE nodes.a.of.a.b", "BAD_VALUE nodes.a.of.c"});
  BOOST_REQUIRE(result.found.size() == 2U);
  BOOST_TEST((result.found[0].position == source_position{3, 4}));
  BOOST_TEST(result.found[0].text == "a bad name");
  BOOST_TEST((result.found[1].position == source_position{4, 7}));
}

BOOST_AUTO_TEST_CASE(a_graph_without_nodes_is_refused) {
  const auto result = check(graph_builder());
  check_findings(result, {"BAD_VALUE nodes"});
  BOOST_TEST(result.found[0].text == "a graph needs at least one node");
}

BOOST_AUTO_TEST_CASE(a_node_is_exactly_one_of_a_type_a_maker_and_a_graph) {
  auto source = three_nodes().build();
  source.nodes[1].type.clear();
  check_findings(validate(source, fake_catalog()), {"BAD_VALUE nodes.b.type"});
  source = three_nodes().build();
  source.nodes[1].make = [] { return std::make_unique<idle_node>(); };
  source.nodes[1].ports = one_to_one<text, text>();
  check_findings(validate(source, fake_catalog()), {"BAD_VALUE nodes.b"});
}

BOOST_AUTO_TEST_CASE(execution_is_the_declarations_then_the_options_then_the_types) {
  auto catalog = fake_catalog();
  auto fixed = fake_type("fixed", "source", source_of<text>());
  fixed.execution = execution_kind::blocking;
  catalog.add(fixed);
  auto chosen = fake_type("chosen", "source", source_of<text>());
  chosen.execution_for = [](const options&) { return execution_kind::blocking; };
  catalog.add(chosen);
  graph_builder builder;
  builder.add_type("a", "fixed").add_type("b", "chosen").add_type("c", "source");
  builder.add_type("d", "chosen").execution(execution_kind::cooperative).add_type("e", "sink");
  const auto result = validate(
      builder.connect("a", "e").connect("b", "e").connect("c", "e").connect("d", "e").build(), catalog);
  BOOST_REQUIRE(result.plan);
  std::string kinds;
  for (const auto& one : result.plan->nodes())
    kinds += one.execution == execution_kind::blocking ? 'b' : 'c';
  BOOST_TEST(kinds == "bbccc");
}

BOOST_AUTO_TEST_CASE(error_policies_have_the_names_of_the_documentation) {
  for (const auto& name : error_policy_names()) {
    BOOST_REQUIRE(parse_error_policy(name));
    BOOST_TEST(to_string(*parse_error_policy(name)) == name);
  }
  BOOST_TEST((parse_error_policy("continue") == error_policy::proceed));
  BOOST_TEST(!parse_error_policy("proceed"));
  BOOST_TEST(!parse_error_policy("Fail"));
}

BOOST_AUTO_TEST_CASE(all_findings_come_at_once_and_in_the_order_of_the_file) {
  auto source = graph_builder()
                    .add_type("read", "sorce")
                    .add_type("bad name", "pass")
                    .add_type("tuned", "tuned",
                              config_value::map({{"size", {}, config_value::scalar("99", false, {4, 20})},
                                                 {"colour", {4, 30}, config_value::scalar("red")}}))
                    .add_type("out", "json_sink")
                    .connect("read", {"bad name", ""})
                    .connect({"bad name", ""}, "tuned")
                    .connect("tuned", "out", {.capacity = 0})
                    .connect("tuned.oops", "out")
                    .connect("read", "nowhere")
                    .build();
  for (std::size_t i = 0; i < source.nodes.size(); ++i)
    source.nodes[i].position = {static_cast<int>(i) + 2, 3};
  for (std::size_t i = 0; i < source.edges.size(); ++i)
    source.edges[i].position = {static_cast<int>(i) + 7, 5};
  const auto result = validate(source, fake_catalog());
  std::vector<std::string> in_order;
  for (const auto& one : result.found)
    in_order.push_back(std::to_string(one.position.line) + " " + one.code);
  check_equal(in_order, {"2 UNKNOWN_TYPE", "3 BAD_NAME", "4 BAD_VALUE", "4 UNKNOWN_OPTION", "9 TYPE_MISMATCH",
                         "9 BAD_CAPACITY", "10 UNKNOWN_PORT", "11 UNKNOWN_NODE"});
  BOOST_TEST(!result.plan);
}

BOOST_AUTO_TEST_SUITE_END()
