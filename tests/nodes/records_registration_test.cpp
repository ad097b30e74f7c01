#include "model/message/json.hpp"
#include "nodes/registration.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>

BOOST_AUTO_TEST_SUITE(records_registration_test)

namespace {

sluice::node_catalog filled() {
  sluice::node_catalog catalog;
  sluice::detail::register_record_nodes(catalog);
  return catalog;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_record_node_is_registered_and_fully_described) {
  const auto catalog = filled();
  for (const auto* name : {"json_parse", "regex_parse", "logfmt_parse", "csv_parse", "map", "filter", "route",
                           "merge", "format"}) {
    const auto* type = catalog.find(name, true);
    BOOST_REQUIRE_MESSAGE(type != nullptr, name << " is missing");
    BOOST_TEST(type->category == "transform");
    BOOST_TEST(!type->summary.empty());
    BOOST_TEST(!type->description.empty());
    BOOST_TEST(type->example.find("type: " + std::string(name)) != std::string::npos);
    BOOST_TEST(type->ports.inputs.size() == 1U);
    BOOST_TEST(type->ports.outputs.size() == 1U);
    for (const auto& option : type->options)
      BOOST_TEST(!option.description.empty());
  }
}

BOOST_AUTO_TEST_CASE(keys_of_edges_are_jq_programs) {
  const auto catalog = filled();
  const auto key = catalog.compile_key(".host");
  BOOST_TEST(key(sluice::testing::json_message(R"({"host":"a"})")) == "a");
  BOOST_CHECK_THROW(key(sluice::testing::json_message("1")), sluice::error);
  BOOST_CHECK_EXCEPTION(catalog.compile_key("env"), sluice::option_error,
                        [](const auto& wrong) { return wrong.option() == "key"; });
}

BOOST_AUTO_TEST_CASE(one_key_may_be_asked_from_two_threads) {
  const auto key = filled().compile_key("{a} | tojson");
  const auto ask = [&key] {
    for (int count = 0; count < 200; ++count)
      if (key(sluice::testing::json_message(R"({"a":1})")) != R"({"a":1})")
        throw std::logic_error("a wrong key");
  };
  std::thread other(ask);
  BOOST_CHECK_NO_THROW(ask());
  other.join();
}

BOOST_AUTO_TEST_SUITE_END()
