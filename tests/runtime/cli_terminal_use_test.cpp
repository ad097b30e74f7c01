#include "nodes/builtin.hpp"
#include "runtime/cli/terminal_use.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

namespace {

/// Loads a graph of the two nodes `from` and `end`, joined.
loaded_graph with_nodes(const std::string& from, const std::string& end) {
  node_catalog catalog;
  register_builtin_nodes(catalog);
  graph_input input;
  input.file = "graph.yaml";
  input.text = "version: 1\nnodes:\n  from: " + from + "\n  end: " + end + "\nedges: [from -> end]\n";
  auto graph = load_graph(input, catalog);
  BOOST_REQUIRE_MESSAGE(graph.plan, end);
  return graph;
}

loaded_graph with_end(const std::string& end) {
  return with_nodes("{type: generate, count: 1}", end);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_terminal_use)

BOOST_AUTO_TEST_CASE(what_prints_to_stdout_uses_the_terminal_that_stdout_is) {
  for (const auto* end : {"{type: stdout}", "{type: exec, command: [cat]}"}) {
    BOOST_TEST(uses_terminal(with_end(end), true), end);
    BOOST_TEST(!uses_terminal(with_end(end), false), end);
  }
  BOOST_TEST(!uses_terminal(with_end("{type: null}"), true));
}

BOOST_AUTO_TEST_CASE(an_exec_source_does_not) {
  BOOST_TEST(!uses_terminal(with_nodes("{type: exec, command: [ls]}", "{type: null}"), true));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_a_terminal_uses_it_wherever_stdout_goes) {
  // There is no terminal to be had in a test, but /dev/tty is one by its name even when nothing stands behind
  // it.
  BOOST_TEST(uses_terminal(with_end("{type: file, path: /dev/tty}"), false));
  BOOST_TEST(uses_terminal(
      with_end("{graph: {nodes: {out: {type: file, path: /dev/tty}}, inputs: {in: out.in}}}"), false));
  BOOST_TEST(!uses_terminal(with_end("{type: file, path: /dev/null}"), true));
  BOOST_TEST(!uses_terminal(with_end("{type: file, path: /tmp/no/such/folder/x}"), true));
}

BOOST_AUTO_TEST_CASE(terminals_are_told_from_other_devices_and_files) {
  BOOST_TEST(is_terminal("/dev/tty"));
  BOOST_TEST(!is_terminal("/dev/full"));
  BOOST_TEST(!is_terminal("/"));
  BOOST_TEST(!is_terminal(""));
}

BOOST_AUTO_TEST_SUITE_END()
