#include "nodes/registration.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(io_catalog)

BOOST_AUTO_TEST_CASE(every_type_is_there_and_documented) {
  node_catalog catalog;
  detail::register_io_nodes(catalog);
  std::multiset<std::string> names;
  for (const auto* type : catalog.types()) {
    BOOST_TEST_CONTEXT(type->category << " " << type->name) {
      names.insert(type->name);
      BOOST_TEST(!type->summary.empty());
      BOOST_TEST(!type->description.empty());
      BOOST_TEST(type->example.find("type: " + type->name) != std::string::npos);
      BOOST_TEST(type->ports.inputs.empty() == (type->category == "source"));
      BOOST_TEST(type->ports.outputs.empty() == (type->category == "sink"));
      for (const auto& option : type->options)
        BOOST_TEST(!option.description.empty(), option.name);
    }
  }
  const std::multiset<std::string> expected{"stdin", "file",   "generate", "interval", "exec",
                                            "file",  "stdout", "null",     "exec"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(file_and_exec_are_a_source_and_a_sink) {
  node_catalog catalog;
  detail::register_io_nodes(catalog);
  for (const auto* name : {"file", "exec"}) {
    BOOST_TEST(catalog.find(name, false)->category == "source");
    BOOST_TEST(catalog.find(name, true)->category == "sink");
  }
  BOOST_TEST(catalog.find("discard", true) == catalog.find("null", true));
}

BOOST_AUTO_TEST_CASE(only_nodes_that_never_wait_are_cooperative) {
  node_catalog catalog;
  detail::register_io_nodes(catalog);
  for (const auto* type : catalog.types()) {
    const bool waits = type->name != "generate" && type->name != "interval" && type->name != "null";
    BOOST_TEST((type->execution == execution_kind::blocking) == waits, type->name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
