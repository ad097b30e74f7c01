#include "model/base/error.hpp"
#include "model/config/yaml_document.hpp"
#include "runtime/config/assignment.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

namespace {

config_value tree() {
  return read_yaml(
             "nodes:\n  read: {type: file, path: a}\nedges:\n  - {from: a, to: b, capacity: 4}\n  - c -> d\n")
      .root;
}

std::string refusal(const std::string& assignment) {
  try {
    (void)assign(tree(), assignment);
  } catch (const error& failed) {
    BOOST_TEST(failed.code() == "bad_assignment");
    return failed.what();
  }
  return "accepted";
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_assignment)

BOOST_AUTO_TEST_CASE(a_value_is_replaced) {
  const auto root = assign(tree(), "nodes.read.path=/tmp/x=y.z");
  const auto* path = root.find("nodes")->find("read")->find("path");
  BOOST_TEST(path->text() == "/tmp/x=y.z");
  BOOST_TEST(!path->position().known());
  BOOST_TEST(root.find("nodes")->find("read")->find("type")->text() == "file");
}

BOOST_AUTO_TEST_CASE(the_last_name_may_be_new) {
  BOOST_TEST(assign(tree(), "nodes.read.follow=true").find("nodes")->find("read")->find("follow")->text() ==
             "true");
  BOOST_TEST(assign(tree(), "name=x").find("name")->text() == "x");
}

BOOST_AUTO_TEST_CASE(list_items_are_reached_by_index) {
  const auto root = assign(assign(tree(), "edges[0].capacity=9"), "edges[1]=x -> y");
  BOOST_TEST(root.find("edges")->items()[0].find("capacity")->text() == "9");
  BOOST_TEST(root.find("edges")->items()[1].text() == "x -> y");
}

BOOST_AUTO_TEST_CASE(an_edge_in_its_short_form_takes_settings) {
  const auto edge = assign(tree(), "edges[1].capacity=9").find("edges")->items()[1];
  BOOST_TEST(edge.find("from")->text() == "c");
  BOOST_TEST(edge.find("to")->text() == "d");
  BOOST_TEST((edge.find("from")->position() == source_position{5, 5}));
  BOOST_TEST((edge.find("to")->position() == source_position{5, 10}));
  BOOST_TEST(edge.find("capacity")->text() == "9");
  const auto twice = assign(assign(tree(), "edges[1].to=e.in"), "edges[1].policy=drop");
  BOOST_TEST(twice.find("edges")->items()[1].find("to")->text() == "e.in");
  BOOST_TEST(twice.find("edges")->items()[1].find("policy")->text() == "drop");
  const auto inner = read_yaml("nodes: {n: {graph: {edges: ['a.x->b']}}}").root;
  const auto changed = assign(inner, "nodes.n.graph.edges[0].prefetch=2");
  const auto& item = changed.find("nodes")->find("n")->find("graph")->find("edges")->items()[0];
  BOOST_TEST(item.find("from")->text() == "a.x");
}

BOOST_AUTO_TEST_CASE(a_chain_of_edges_has_no_settings_of_its_own) {
  const auto chain = read_yaml("edges: [a -> b -> c]").root;
  BOOST_CHECK_EXCEPTION(assign(chain, "edges[0].capacity=1"), error, [](const error& refused) {
    return std::string(refused.what()) == "--set edges[0].capacity=1: 'edges[0]' is the chain 'a -> b -> c', "
                                          "which has no settings of its own; "
                                          "in the file, write each of its edges as an item ('a -> b', 'b -> "
                                          "c'), and set that of the one that "
                                          "is meant";
  });
}

BOOST_AUTO_TEST_CASE(lists_and_maps_are_yaml) {
  const auto root = assign(tree(), "nodes.read.command=[echo, 'a b']");
  const auto* command = root.find("nodes")->find("read")->find("command");
  BOOST_REQUIRE(command->items().size() == 2u);
  BOOST_TEST(command->items()[1].text() == "a b");
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_an_empty_string) {
  BOOST_TEST(assign(tree(), "nodes.read.path=").find("nodes")->find("read")->find("path")->is_scalar());
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_says_what_is_wrong) {
  BOOST_TEST(refusal("nodes.raed.path=x") ==
             "--set nodes.raed.path=x: there is no 'nodes.raed' (did you mean 'read'?)");
  BOOST_TEST(refusal("nodes.read.path") ==
             "--set nodes.read.path: there is no '='; write it as nodes.NODE.OPTION=VALUE");
  BOOST_TEST(refusal("edges[2].capacity=1") ==
             "--set edges[2].capacity=1: 'edges' has no item [2]; it has 2");
  BOOST_TEST(refusal("nodes.read.type.x=1") ==
             "--set nodes.read.type.x=1: 'nodes.read.type' is a scalar, so it has no 'x'");
  BOOST_TEST(refusal("nodes..x=1").find("empty part") != std::string::npos);
  BOOST_TEST(refusal("=1").find("empty part") != std::string::npos);
  BOOST_TEST(refusal("edges[x]=1").find("'[x]' is not an index") != std::string::npos);
  BOOST_TEST(refusal("name=[a").find("the value is not YAML") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
