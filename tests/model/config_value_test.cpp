#include "model/config/config_value.hpp"
#include "model/config/finding.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(config_values)

BOOST_AUTO_TEST_CASE(a_value_is_null_unless_made_otherwise) {
  const config_value value;
  BOOST_TEST(value.is_null());
  BOOST_TEST(!value.position().known());
  BOOST_TEST(value.describe() == "nothing");
  const auto placed = config_value::null({3, 4});
  BOOST_TEST(placed.is_null());
  BOOST_TEST((placed.position() == source_position{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_scalar_keeps_its_text_its_quotes_and_its_place) {
  const auto plain = config_value::scalar("007", false, {1, 2});
  BOOST_TEST(plain.is_scalar());
  BOOST_TEST(plain.text() == "007");
  BOOST_TEST(!plain.is_quoted());
  BOOST_TEST((plain.position() == source_position{1, 2}));
  BOOST_TEST(plain.describe() == "a scalar");
  const auto quoted = config_value::scalar("007", true);
  BOOST_TEST(quoted.is_quoted());
  BOOST_TEST(quoted.describe() == "a string");
}

BOOST_AUTO_TEST_CASE(a_list_keeps_its_items_in_order) {
  const auto list = config_value::list({config_value::scalar("b"), config_value::scalar("a"), {}}, {5, 1});
  BOOST_TEST(list.is_list());
  BOOST_REQUIRE_EQUAL(list.items().size(), 3U);
  BOOST_TEST(list.items()[0].text() == "b");
  BOOST_TEST(list.items()[1].text() == "a");
  BOOST_TEST(list.items()[2].is_null());
  BOOST_TEST(list.describe() == "a list");
  BOOST_TEST((list.position() == source_position{5, 1}));
}

BOOST_AUTO_TEST_CASE(a_map_keeps_its_members_in_file_order_and_finds_the_first_of_a_name) {
  const auto map = config_value::map({{"z", {1, 1}, config_value::scalar("1")},
                                      {"a", {2, 1}, config_value::scalar("2")},
                                      {"z", {3, 1}, config_value::scalar("3")}});
  BOOST_TEST(map.is_map());
  BOOST_REQUIRE_EQUAL(map.members().size(), 3U);
  BOOST_TEST(map.members()[0].name == "z");
  BOOST_TEST((map.members()[1].position == source_position{2, 1}));
  BOOST_REQUIRE(map.find("z") != nullptr);
  BOOST_TEST(map.find("z")->text() == "1");
  BOOST_TEST(map.find("b") == nullptr);
  BOOST_TEST(map.find("") == nullptr);
  BOOST_TEST(map.describe() == "a map");
}

BOOST_AUTO_TEST_CASE(what_a_value_is_not_is_empty) {
  const auto scalar = config_value::scalar("x");
  BOOST_TEST(scalar.items().empty());
  BOOST_TEST(scalar.members().empty());
  BOOST_TEST(scalar.find("x") == nullptr);
  BOOST_TEST(config_value::list({}).text().empty());
  BOOST_TEST(config_value::map({}).items().empty());
}

BOOST_AUTO_TEST_CASE(a_finding_reads_as_a_compiler_error) {
  const finding one{finding::level::error, "UNKNOWN_TYPE", "nodes.a.type", "unknown node type 'x'", {7, 13}};
  BOOST_TEST(to_string(one, "p.yaml") ==
             "p.yaml:7:13: error: nodes.a.type: unknown node type 'x' [UNKNOWN_TYPE]");
  BOOST_TEST(to_string(one) == "7:13: error: nodes.a.type: unknown node type 'x' [UNKNOWN_TYPE]");
}

BOOST_AUTO_TEST_CASE(a_finding_leaves_out_what_is_not_known) {
  const finding one{finding::level::warning, "NO_CONSUMER", "", "nobody takes it", {}};
  BOOST_TEST(to_string(one) == "warning: nobody takes it [NO_CONSUMER]");
  BOOST_TEST(to_string(one, "p.yaml") == "p.yaml: warning: nobody takes it [NO_CONSUMER]");
}

BOOST_AUTO_TEST_CASE(warnings_alone_do_not_forbid_running) {
  findings all{{finding::level::warning, "NO_CONSUMER", "", "", {}}};
  BOOST_TEST(!has_errors({}));
  BOOST_TEST(!has_errors(all));
  all.push_back({finding::level::error, "SYNTAX", "", "", {}});
  BOOST_TEST(has_errors(all));
}

BOOST_AUTO_TEST_SUITE_END()
