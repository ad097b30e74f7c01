#include "tests/runtime/graph_loader_scene.hpp"

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(config_subgraphs)

BOOST_AUTO_TEST_CASE(a_subgraph_in_place_is_read) {
  const auto loaded = load(R"(version: 1
nodes:
  read: {type: file, path: x}
  inner:
    graph:
      nodes:
        first: {type: filter}
        second: {type: filter}
      edges: [first -> second]
      inputs: {in: first.in}
      outputs: {out: second.out}
  out: {type: stdout}
edges: [read -> inner -> out]
)");
  BOOST_REQUIRE_MESSAGE(loaded.plan, shown(loaded));
  BOOST_TEST(loaded.plan->edges().size() == 3u);
  only_edge(loaded, "inner/second.out->out.in");
}

BOOST_AUTO_TEST_CASE(exposed_ports_of_the_wrong_kind_are_findings) {
  BOOST_TEST(
      complaints("version: 1\nnodes: {a: {type: filter}}\ninputs: {in: [a]}\noutputs: {out: a.b.c}\n") ==
      "pipeline.yaml:3:14: error: inputs.in: expected an inner port such as node.port, found a list "
      "[BAD_EXPOSE]\n"
      "pipeline.yaml:4:16: error: outputs.out: expected an inner port such as node.port, found 'a.b.c' "
      "[BAD_EXPOSE]\n");
}

BOOST_AUTO_TEST_CASE(a_type_and_a_graph_exclude_each_other) {
  BOOST_TEST(complaints("version: 1\nnodes:\n  a: {type: filter, graph: {nodes: {b: {type: filter}}, inputs: "
                        "{in: b}, outputs: {out: "
                        "b}}}\n  r: {type: file, path: x}\n  o: {type: null}\nedges: [r -> a -> o]\n") ==
             "pipeline.yaml:3:13: error: nodes.a.type: a node has a type or a graph, not both; remove one "
             "[BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(what_belongs_to_one_node_is_refused_at_a_subgraph) {
  BOOST_TEST(
      complaints(
          "version: 1\nnodes:\n  a: {graph: {nodes: {b: {type: filter}}, inputs: {in: b}, outputs: {out: "
          "b}},\n    on_error: fail,\n    execution: blocking}\n  r: {type: file, path: x}\n"
          "  o: {type: null}\nedges: [r -> a -> o]\n") ==
      "pipeline.yaml:4:5: error: nodes.a.on_error: unknown option 'on_error' [UNKNOWN_OPTION]\n"
      "pipeline.yaml:5:5: error: nodes.a.execution: unknown option 'execution' [UNKNOWN_OPTION]\n");
}

BOOST_AUTO_TEST_CASE(an_included_file_is_read_beside_the_including_one) {
  graph_input input;
  input.file = "graphs/main.yaml";
  input.text = "version: 1\nnodes:\n  read: {type: file, path: x}\n  inner: {graph: {file: "
               "parts/inner.yaml}}\n  out: {type: "
               "stdout}\nedges: [read -> inner -> out]\n";
  std::string asked;
  input.read_file = [&](const std::string& path) {
    asked = path;
    return std::string("version: 1\nnodes: {f: {type: filter}}\ninputs: {in: f}\noutputs: {out: f}\n");
  };
  const auto loaded = load_graph(input, catalog());
  BOOST_REQUIRE_MESSAGE(loaded.plan, shown(loaded));
  BOOST_TEST(asked == "graphs/parts/inner.yaml");
}

BOOST_AUTO_TEST_CASE(findings_in_an_included_file_name_that_file) {
  const auto loaded =
      load("version: 1\nnodes:\n  read: {type: file, path: x}\n  inner: {graph: {file: inner.yaml}}\n  out: "
           "{type: "
           "stdout}\nedges: [read -> inner -> out]\n",
           {{"inner.yaml", "version: 1\nnodes:\n  f: {type: fliter}\ninputs: {in: f}\noutputs: {out: f}\n"}});
  BOOST_TEST(
      shown(loaded) ==
      "inner.yaml:3:13: error: nodes.inner.graph.nodes.f.type: unknown node type 'fliter' (did you mean "
      "'filter'?) [UNKNOWN_TYPE]\n");
}

BOOST_AUTO_TEST_CASE(an_included_file_that_cannot_be_used_is_one_finding) {
  const std::string outer = "version: 1\nnodes:\n  read: {type: file, path: x}\n  inner: {graph: {file: "
                            "inner.yaml}}\n  out: {type: "
                            "stdout}\nedges: [read -> inner -> out]\n";
  BOOST_TEST(shown(load(outer)) ==
             "pipeline.yaml:4:25: error: nodes.inner.graph.file: cannot read 'inner.yaml': there is no such "
             "file [BAD_VALUE]\n");
  BOOST_TEST(shown(load(outer, {{"inner.yaml", "a: b: c\n"}})) ==
             "inner.yaml:1:5: error: nodes.inner.graph: illegal map value [SYNTAX]\n");
  BOOST_TEST(load(outer, {{"inner.yaml", ""}}).found.size() == 1u);
}

BOOST_AUTO_TEST_CASE(files_that_include_each_other_are_a_finding) {
  const std::string again = "version: 1\nnodes:\n  deeper: {graph: {file: loop.yaml}}\n";
  const auto loaded =
      load("version: 1\nnodes:\n  inner: {graph: {file: loop.yaml}}\n", {{"loop.yaml", again}});
  BOOST_TEST(shown(loaded) ==
             "loop.yaml:3:26: error: nodes.inner.graph.nodes.deeper.graph.file: 'loop.yaml' includes itself "
             "[BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(graphs_inside_graphs_are_bounded) {
  std::string nested = "{nodes: {f: {type: filter}}}";
  for (int i = 0; i < 20; ++i)
    nested = "{nodes: {g: {graph: " + nested + "}}}";
  BOOST_TEST(complaints("version: 1\nnodes:\n  g: {graph: " + nested + "}\n")
                 .find("graphs nest deeper than 16 [BAD_VALUE]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
