#include "tests/runtime/graph_loader_scene.hpp"

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(config_graph_loader)

BOOST_AUTO_TEST_CASE(a_whole_graph_is_read) {
  const auto loaded = load(R"(version: 1
name: errors-by-host
doc: what it is for
nodes:
  read:   { type: file, path: '${PATH_TO_LOG}', count: 10_000 }
  parse:  { type: json_parse, on_error: fail, execution: blocking, doc: why }
  errors: { type: filter, where: '.status >= 500', on_error: { policy: restart, limit: 3, backoff: 2s } }
  out:    { type: stdout }
edges:
  - read -> parse -> errors
  - { from: errors, to: out, capacity: 64, policy: drop_oldest, priority: high, prefetch: 8 }
)");
  BOOST_TEST(shown(loaded) == "");
  BOOST_REQUIRE(loaded.plan);
  BOOST_TEST(loaded.plan->name() == "errors-by-host");
  BOOST_REQUIRE(loaded.plan->nodes().size() == 4u);
  BOOST_TEST((loaded.plan->nodes()[1].on_error.policy == error_policy::fail));
  BOOST_TEST((loaded.plan->nodes()[1].execution == execution_kind::blocking));
  const auto& restart = loaded.plan->nodes()[2].on_error;
  BOOST_TEST((restart.policy == error_policy::restart));
  BOOST_TEST(restart.restart_limit == 3u);
  BOOST_TEST((restart.restart_backoff == std::chrono::seconds{2}));
  BOOST_TEST(loaded.plan->edges().size() == 3u);
  const auto& first = only_edge(loaded, "read.out->parse.in").settings;
  BOOST_TEST(first.capacity == defaults::edge_capacity);
  BOOST_TEST((first.policy == overflow_policy::block));
  const auto& last = only_edge(loaded, "errors.out->out.in").settings;
  BOOST_TEST(last.capacity == 64u);
  BOOST_TEST(last.prefetch == 8u);
  BOOST_TEST((last.policy == overflow_policy::drop_oldest));
  BOOST_TEST((last.band == priority_band::high));
  BOOST_TEST(load("version: 1\nnodes: {a: {type: file, path: '${PATH_TO_LOG}'}}\n")
                 .source->nodes[0]
                 .given.find("path")
                 ->text() == "/tmp/log");
}

BOOST_AUTO_TEST_CASE(six_mistakes_are_six_findings) {
  BOOST_TEST(complaints(R"(version: 1
name: six
nodes:
  read:   { type: file, path: access.log, cuont: 3 }
  parse:  { type: jsn_parse }
  errors: { type: filter, where: [1], on_error: fial }
  out:    { type: stdout }
edges:
  - read -> prase
  - parse -> errors
  - { from: errors, to: out, capacity: 0 }
)") == "pipeline.yaml:4:43: error: nodes.read.cuont: unknown option 'cuont' (did you mean 'count'?) "
       "[UNKNOWN_OPTION]\n"
       "pipeline.yaml:5:19: error: nodes.parse.type: unknown node type 'jsn_parse' (did you mean "
       "'json_parse'?) [UNKNOWN_TYPE]\n"
       "pipeline.yaml:6:34: error: nodes.errors.where: expected a string, found a list [BAD_VALUE]\n"
       "pipeline.yaml:6:49: error: nodes.errors.on_error: 'fial' is not one of continue, emit_error, "
       "restart, fail (did you "
       "mean 'fail'?) [BAD_VALUE]\n"
       "pipeline.yaml:9:13: error: edges[0].to: unknown node 'prase' (did you mean 'parse'?) [UNKNOWN_NODE]\n"
       "pipeline.yaml:11:40: error: edges[2].capacity: expected a whole number from 1 to 1073741824, found "
       "'0' [BAD_CAPACITY]\n");
}

BOOST_AUTO_TEST_CASE(the_version_must_be_there_and_one) {
  BOOST_TEST(complaints("nodes: {a: {type: file, path: x}}\n")
                 .find("'version' is missing; write version: 1 [BAD_VALUE]") != std::string::npos);
  BOOST_TEST(complaints("version: 2\nnodes: {a: {type: file, path: x}}\n")
                 .find("pipeline.yaml:1:10: error: version: version '2' is not known to this program; it "
                       "reads version 1 [BAD_VALUE]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(unknown_names_at_the_top_are_findings) {
  BOOST_TEST(complaints("version: 1\nnodse: {}\nnodes: {a: {type: file, path: x}}\n")
                 .find("pipeline.yaml:2:1: error: nodse: unknown option 'nodse' (did you mean 'nodes'?) "
                       "[UNKNOWN_OPTION]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_kinds_at_the_top_are_findings) {
  BOOST_TEST(complaints("version: 1\nnodes: []\n") ==
             "pipeline.yaml:2:8: error: nodes: expected a map, found a list [BAD_VALUE]\n");
  BOOST_TEST(
      complaints("- 1\n") ==
      "pipeline.yaml:1:1: error: expected a map with version, nodes and edges, found a list [BAD_VALUE]\n");
  BOOST_TEST(
      complaints("just text\n") ==
      "pipeline.yaml:1:1: error: expected a map with version, nodes and edges, found a scalar [BAD_VALUE]\n");
  BOOST_TEST(complaints(with_edges("  a: b\n")) ==
             "pipeline.yaml:7:3: error: edges: expected a list, found a map [BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(a_required_option_that_is_missing_is_a_finding) {
  BOOST_TEST(
      complaints("version: 1\nnodes:\n  a: {type: file}\n  b: {type: null}\nedges: [a -> b]\n") ==
      "pipeline.yaml:3:6: error: nodes.a.path: the option 'path' is required: The file. [BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(an_option_out_of_range_is_a_finding) {
  BOOST_TEST(
      complaints(
          "version: 1\nnodes:\n  a: {type: file, path: x, count: 0}\n  b: {type: null}\nedges: [a -> b]\n") ==
      "pipeline.yaml:3:35: error: nodes.a.count: 0 is too small; at least 1 [BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(null_without_quotes_is_the_node_null) {
  const auto loaded =
      load("version: 1\nnodes:\n  a: {type: file, path: x}\n  b: {type: null}\nedges: [a -> b]\n");
  BOOST_REQUIRE_MESSAGE(loaded.plan, shown(loaded));
  BOOST_TEST(loaded.plan->nodes()[1].type == "null");
}

BOOST_AUTO_TEST_CASE(a_node_without_a_type_is_one_finding) {
  BOOST_TEST(complaints("version: 1\nnodes:\n  a: {type: file, path: x}\n  b: {}\nedges: [a -> b]\n") ==
             "pipeline.yaml:4:3: error: nodes.b.type: 'type' is missing; `sluice nodes` lists the types "
             "[BAD_VALUE]\n");
  BOOST_TEST(complaints("version: 1\nnodes:\n  a: {type: file, path: x}\n  b: {type: }\nedges: [a -> b]\n") ==
             "pipeline.yaml:4:3: error: nodes.b.type: 'type' is missing; `sluice nodes` lists the types "
             "[BAD_VALUE]\n");
  BOOST_TEST(complaints("version: 1\nnodes:\n  a: {type: file, path: x}\n  b: stdout\nedges: [a -> b]\n") ==
             "pipeline.yaml:4:6: error: nodes.b: expected a map such as { type: stdin }, found a scalar "
             "[BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(a_duplicate_node_is_one_finding) {
  BOOST_TEST(complaints("version: 1\nnodes:\n  a: {type: file, path: x}\n  b: {type: null}\n  b: {type: "
                        "stdout}\nedges: [a -> b]\n") ==
             "pipeline.yaml:5:3: error: nodes.b: two nodes are called 'b'; the first is on line 4 "
             "[DUPLICATE_NODE]\n");
}

BOOST_AUTO_TEST_CASE(an_edge_that_cannot_be_read_is_one_finding) {
  BOOST_TEST(
      complaints(with_edges("  - a -> b\n  - b ->\n")) ==
      "pipeline.yaml:8:5: error: edges[1]: 'b ->' is not an edge: '' is not NODE or NODE.PORT [BAD_VALUE]\n");
  BOOST_TEST(
      complaints(with_edges("  - a -> b\n  - c\n")) ==
      "pipeline.yaml:8:5: error: edges[1]: 'c' is not an edge; write it as 'from -> to' [BAD_VALUE]\n");
  BOOST_TEST(complaints(with_edges("  - a -> b\n  - [b, c]\n")) ==
             "pipeline.yaml:8:5: error: edges[1]: expected an edge such as 'a -> b' or a map with from and "
             "to, found a list "
             "[BAD_VALUE]\n");
  BOOST_TEST(
      complaints(with_edges("  - a -> b\n  - {from: b}\n")) ==
      "pipeline.yaml:8:5: error: edges[1].to: the edge has no 'to': it needs from and to [BAD_VALUE]\n");
  BOOST_TEST(
      complaints(with_edges("  - a -> b\n  - b.x.y -> c\n")).find("'b.x.y' is not NODE or NODE.PORT") !=
      std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_edges_of_a_chain_are_numbered_as_in_the_file) {
  BOOST_TEST(complaints(with_edges("  - a -> b -> c\n  - {from: b, to: d}\n"))
                 .find("error: edges[1].to: unknown node 'd'") != std::string::npos);
  BOOST_TEST(complaints(with_edges("  - a -> b -> c\n  - b -> c\n"))
                 .find("is there already, as edges[0]; remove one") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_place_of_a_chains_mistake_is_exact) {
  BOOST_TEST(complaints(with_edges("  - a -> b -> cc\n"))
                 .find("pipeline.yaml:7:15: error: edges[0].to: unknown node 'cc'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(edge_settings_of_the_wrong_kind_are_findings) {
  BOOST_TEST(complaints(with_edges("  - a -> b\n  - {from: b, to: c, capacity: many}\n")) ==
             "pipeline.yaml:8:32: error: edges[1].capacity: expected a whole number from 1 to 1073741824, "
             "found 'many' "
             "[BAD_CAPACITY]\n");
  BOOST_TEST(complaints(with_edges("  - a -> b\n  - {from: b, to: c, polcy: drop}\n")) ==
             "pipeline.yaml:8:22: error: edges[1].polcy: unknown option 'polcy' (did you mean 'policy'?) "
             "[UNKNOWN_OPTION]\n");
  BOOST_TEST(complaints(with_edges("  - a -> b\n  - {from: b, to: c, policy: dorp, key: .a}\n")) ==
             "pipeline.yaml:8:30: error: edges[1].policy: 'dorp' is not one of block, drop, drop_oldest, "
             "latest, coalesce (did "
             "you mean 'drop'?) [BAD_VALUE]\n");
  BOOST_TEST(complaints(with_edges("  - a -> b\n  - {from: b, to: c, feedback: yes}\n")) ==
             "pipeline.yaml:8:32: error: edges[1].feedback: 'yes' is not true or false [BAD_VALUE]\n");
  BOOST_TEST(complaints(with_edges("  - a -> b\n  - {from: b, to: c, priority: hihg}\n"))
                 .find("'hihg' is not one of urgent, high, normal (did you mean 'high'?) [BAD_VALUE]") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(capacities_may_have_underscores) {
  BOOST_TEST(
      only_edge(load(with_edges("  - a -> b\n  - {from: b, to: c, capacity: 10_000}\n")), "b.out->c.in")
          .settings.capacity == 10'000u);
}

BOOST_AUTO_TEST_CASE(coalesce_is_written_in_three_ways) {
  for (const std::string policy :
       {"policy: {coalesce: sum}", "policy: coalesce, coalesce: sum", "coalesce: sum"}) {
    const auto loaded = load(with_edges("  - a -> b\n  - {from: b, to: c, " + policy + "}\n"));
    const auto& settings = only_edge(loaded, "b.out->c.in").settings;
    BOOST_TEST((settings.policy == overflow_policy::coalesce));
    BOOST_TEST(settings.coalesce_name == "sum");
    BOOST_TEST(static_cast<bool>(settings.coalesce));
  }
}

BOOST_AUTO_TEST_CASE(coalesce_without_or_with_a_wrong_function_is_one_finding) {
  for (const std::string policy : {"policy: coalesce", "policy: {coalesce: smu}", "policy: {}",
                                   "policy: coalesce, coalesce: smu", "policy: drop, coalesce: sum"}) {
    const auto loaded = load(with_edges("  - a -> b\n  - {from: b, to: c, " + policy + "}\n"));
    BOOST_TEST(loaded.found.size() == 1u, policy << " gives\n" << shown(loaded));
    BOOST_TEST(!loaded.plan);
  }
}

BOOST_AUTO_TEST_CASE(a_key_is_compiled_and_needs_latest) {
  BOOST_TEST(static_cast<bool>(
      only_edge(load(with_edges("  - a -> b\n  - {from: b, to: c, policy: latest, key: .host}\n")),
                "b.out->c.in")
          .settings.key));
  BOOST_TEST(complaints(with_edges("  - a -> b\n  - {from: b, to: c, policy: latest, key: bad}\n")) ==
             "pipeline.yaml:8:43: error: edges[1].key: the program 'bad' does not compile [BAD_VALUE]\n");
  BOOST_TEST(load(with_edges("  - a -> b\n  - {from: b, to: c, key: .host}\n")).found.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_unset_variable_is_a_finding_and_its_consequences_are_not) {
  BOOST_TEST(
      complaints("version: 1\nnodes:\n  a: {type: '${UNSET}'}\n  b: {type: null}\nedges: [a -> b]\n")
          .find("pipeline.yaml:3:13: error: nodes.a.type: the environment variable 'UNSET' is not set") ==
      0u);
  BOOST_TEST(load("version: 1\nnodes:\n  a: {type: '${UNSET}'}\n  b: {type: null}\nedges: [a -> b]\n")
                 .found.size() == 1u);
}

BOOST_AUTO_TEST_CASE(syntax_errors_stop_at_the_syntax) {
  const auto loaded = load("version: 1\nnodes: [\n");
  BOOST_TEST(loaded.found.size() == 1u);
  BOOST_TEST(loaded.found[0].code == finding_code::syntax);
  BOOST_TEST(!loaded.plan);
  BOOST_TEST(load("null\n").found.size() == 1u);
}

BOOST_AUTO_TEST_CASE(assignments_are_applied_before_the_graph_is_looked_at) {
  graph_input input;
  input.file = "f.yaml";
  input.text = "version: 1\nnodes:\n  a: {type: file, path: x}\n  b: {type: null}\nedges: [a -> b]\n";
  input.assignments = {"nodes.a.count=0"};
  const auto loaded = load_graph(input, catalog());
  BOOST_REQUIRE(loaded.found.size() == 1u);
  BOOST_TEST(loaded.found[0].text == "0 is too small; at least 1");
  input.assignments = {"nodes.x.y.z=0"};
  BOOST_CHECK_THROW(load_graph(input, catalog()), error);
}

BOOST_AUTO_TEST_SUITE_END()
