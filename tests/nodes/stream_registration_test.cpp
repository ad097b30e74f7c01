#include "nodes/registration.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cctype>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(stream_registration)

BOOST_AUTO_TEST_CASE(every_type_is_in_the_catalog_and_documented) {
  node_catalog catalog;
  detail::register_stream_nodes(catalog);
  for (const auto* name : {"aggregate", "batch", "dedupe", "delay", "sample", "throttle", "window"}) {
    const auto* type = catalog.find(name, true);
    BOOST_REQUIRE_MESSAGE(type != nullptr, name);
    BOOST_TEST(type->category == "transform");
    BOOST_TEST(type->summary.size() > 20U);
    BOOST_TEST(type->summary.back() == '.');
    BOOST_TEST(type->description.size() > 100U);
    BOOST_TEST(type->example.find("{ type: " + std::string(name)) == 0U);
    BOOST_TEST(type->ports.inputs.size() == 1U);
    BOOST_TEST(type->ports.outputs.size() == 1U);
    BOOST_TEST(type->ports.outputs[0].name == "out");
    for (const auto& option : type->options) {
      BOOST_TEST(option.description.size() > 10U, option.name);
      BOOST_TEST(option.description.back() == '.', option.name);
    }
  }
  BOOST_TEST(catalog.types().size() == 7U);
}

BOOST_AUTO_TEST_CASE(every_default_passes_its_own_check) {
  node_catalog catalog;
  detail::register_stream_nodes(catalog);
  for (const auto* type : catalog.types()) {
    std::vector<config_value::member> defaults;
    for (const auto& option : type->options)
      if (!option.default_value.empty())
        defaults.push_back({option.name, {}, config_value::scalar(option.default_value)});
    findings found;
    check_options(type->options, config_value::map(defaults), type->name, {}, found);
    for (const auto& one : found)
      BOOST_TEST(one.text.find("is required") != std::string::npos, to_string(one));
  }
}

BOOST_AUTO_TEST_SUITE_END()
