#include "tests/model/graph_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

/// source -> sink with `settings`.
validation with_settings(edge_settings settings) {
  return check(
      graph_builder().add_type("a", "source").add_type("b", "sink").connect("a", "b", std::move(settings)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(graph_edges)

BOOST_AUTO_TEST_CASE(an_unknown_node_is_reported_alone_and_not_once_more_as_a_missing_input) {
  const auto result =
      check(graph_builder().add_type("read", "source").add_type("parse", "sink").connect("read", "prase"));
  check_findings(result, {"UNKNOWN_NODE edges[0].to"});
  BOOST_TEST(result.found[0].text == "unknown node 'prase' (did you mean 'parse'?)");
}

BOOST_AUTO_TEST_CASE(a_name_near_to_nothing_leaves_the_missing_input_in_the_report) {
  const auto result = check(
      graph_builder().add_type("read", "source").add_type("parse", "sink").connect("read", "elsewhere"));
  check_findings(result, {"MISSING_INPUT nodes.parse", "UNKNOWN_NODE edges[0].to"});
}

BOOST_AUTO_TEST_CASE(a_misspelt_sink_is_still_taken_for_a_sink) {
  graph_builder builder;
  builder.add_type("read", "source").add_type("write", "file", {{"append", "true"}}).connect("read", "wriet");
  check_findings(check(builder), {"UNKNOWN_NODE edges[0].to"});
}

BOOST_AUTO_TEST_CASE(an_unknown_port_is_reported_with_those_there_are) {
  graph_builder builder;
  builder.add_type("a", "source").add_type("s", "split", split_into({"left", "right"})).add_type("c", "sink");
  builder.connect("a", "s").connect("s.lefft", "c").connect("s.else", "c");
  const auto result = check(builder);
  check_findings(result, {"UNKNOWN_PORT edges[1].from"});
  BOOST_TEST(result.found[0].text ==
             "the node 's' has no output port 'lefft' (did you mean 'left'?); its output ports "
             "are left, right, else, error");
}

BOOST_AUTO_TEST_CASE(a_port_of_the_other_direction_is_named_as_such) {
  const auto result = check(three_nodes().connect("b.in", "c"));
  check_findings(result, {"UNKNOWN_PORT edges[2].from"});
  BOOST_TEST(result.found[0].text.find("that is an input port") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_port_must_be_named_where_there_is_more_than_one) {
  graph_builder builder;
  builder.add_type("a", "source").add_type("j", "two_inputs").add_type("c", "sink");
  builder.connect("j", "c").connect("a", "j.left");
  check_findings(check(graph_builder(builder).connect("a", "j.right")), {});
  const auto result = check(graph_builder(builder).connect("a", "j"));
  check_findings(result, {"UNKNOWN_PORT edges[2].to"});
  BOOST_TEST(result.found[0].text ==
             "the node 'j' has several input ports (left, right); name one, such as 'j.left'");
}

BOOST_AUTO_TEST_CASE(a_source_has_no_input_and_a_sink_no_output_but_error) {
  check_findings(check(three_nodes().connect("b", "a")), {"UNKNOWN_PORT edges[2].to"});
  check_findings(check(three_nodes().connect("c", "b")), {"UNKNOWN_PORT edges[2].from"});
  graph_builder builder = three_nodes();
  builder.add_type("dead", "any_sink");
  check_findings(check(builder.connect("c.error", "dead")), {});
}

BOOST_AUTO_TEST_CASE(types_must_fit_and_any_fits_all) {
  const auto joined = [](const char* from, const char* to) {
    return check(graph_builder().add_type("a", from).add_type("b", to).connect("a", "b"));
  };
  const auto result = joined("json_source", "sink");
  check_findings(result, {"TYPE_MISMATCH edges[0]"});
  BOOST_TEST(result.found[0].text ==
             "a.out sends json, but b.in takes text; put a node between them that makes text of json");
  check_findings(joined("json_source", "json_sink"), {});
  check_findings(joined("json_source", "any_sink"), {});
}

BOOST_AUTO_TEST_CASE(an_edge_that_counts_carries_json) {
  const auto counted = [](const char* to, const char* from = "json_source") {
    edge_settings settings;
    settings.policy = overflow_policy::coalesce;
    settings.coalesce_name = "count";
    return check(graph_builder().add_type("a", from).add_type("b", to).connect("a", "b", settings));
  };
  check_findings(counted("json_sink"), {});
  check_findings(counted("any_sink"), {});
  check_findings(counted("sink", "source"), {"TYPE_MISMATCH edges[0]"});
}

BOOST_AUTO_TEST_CASE(error_messages_pass_every_port) {
  check_findings(check(three_nodes().add_type("dead", "json_sink").connect("b.error", "dead")), {});
}

BOOST_AUTO_TEST_CASE(an_edge_between_the_same_ports_is_a_duplicate) {
  const auto result = check(three_nodes().connect("a.out", "b.in"));
  check_findings(result, {"DUPLICATE_EDGE edges[2]"});
  BOOST_TEST(result.found[0].text == "the edge a.out->b.in is there already, as edges[0]; remove one");
}

BOOST_AUTO_TEST_CASE(ports_may_have_several_edges_to_and_from_different_nodes) {
  auto builder = three_nodes();
  builder.add_type("d", "source").add_type("e", "sink").connect("d", "b").connect("b", "e");
  const auto result = check(builder);
  check_findings(result, {});
  BOOST_TEST(result.plan->nodes()[1].inputs.size() == 2U);
  BOOST_TEST(result.plan->nodes()[1].outputs.size() == 2U);
}

BOOST_AUTO_TEST_CASE(capacity_and_prefetch_have_bounds) {
  check_findings(with_settings({.capacity = 0}), {"BAD_CAPACITY edges[0].capacity"});
  check_findings(with_settings({.capacity = 1}), {});
  check_findings(with_settings({.capacity = defaults::edge_capacity_limit}), {});
  check_findings(with_settings({.capacity = defaults::edge_capacity_limit + 1}),
                 {"BAD_CAPACITY edges[0].capacity"});
  check_findings(with_settings({.policy = overflow_policy::drop, .prefetch = 0}),
                 {"BAD_CAPACITY edges[0].prefetch"});
  check_findings(with_settings({.policy = overflow_policy::drop, .prefetch = 1}), {});
}

BOOST_AUTO_TEST_CASE(a_member_that_is_wrong_is_reported_at_its_own_place) {
  auto source = three_nodes().build();
  source.edges[1].position = {9, 5};
  source.edges[1].settings.capacity = 0;
  source.edges[1].given =
      config_value::map({{"capacity", {9, 20}, config_value::scalar("0", false, {9, 30})}});
  const auto result = validate(source, fake_catalog());
  check_findings(result, {"BAD_CAPACITY edges[1].capacity"});
  BOOST_TEST((result.found[0].position == source_position{9, 30}));
}

BOOST_AUTO_TEST_CASE(the_policy_coalesce_needs_a_merge_function_it_knows) {
  const auto named = [](const char* name) {
    return with_settings({.policy = overflow_policy::coalesce, .coalesce_name = name});
  };
  const auto good = named("sum");
  check_findings(good, {});
  BOOST_TEST(bool(good.plan->edges()[0].settings.coalesce));
  check_findings(named(""), {"BAD_VALUE edges[0].coalesce"});
  const auto wrong = named("summ");
  check_findings(wrong, {"BAD_VALUE edges[0].coalesce"});
  BOOST_TEST(wrong.found[0].text.find("(did you mean 'sum'?)") != std::string::npos);
  check_findings(with_settings({.policy = overflow_policy::coalesce, .coalesce = [](message&, message&&) {}}),
                 {});
  check_findings(with_settings({.policy = overflow_policy::drop, .coalesce_name = "sum"}),
                 {"BAD_VALUE edges[0].coalesce"});
}

BOOST_AUTO_TEST_CASE(a_key_is_compiled_and_only_for_latest) {
  const auto keyed = [](overflow_policy policy, const char* key) {
    return with_settings({.policy = policy, .key_source = key});
  };
  const auto good = keyed(overflow_policy::latest, ".host");
  check_findings(good, {});
  BOOST_REQUIRE(good.plan->edges()[0].settings.key);
  BOOST_TEST(good.plan->edges()[0].settings.key(message()) == ".host");
  check_findings(keyed(overflow_policy::latest, ""), {});
  const auto wrong = keyed(overflow_policy::latest, "bad");
  check_findings(wrong, {"BAD_VALUE edges[0].key"});
  BOOST_TEST(wrong.found[0].text == "the key 'bad' is bad");
  check_findings(keyed(overflow_policy::drop, ".host"), {"BAD_VALUE edges[0].key"});
}

BOOST_AUTO_TEST_SUITE_END()
