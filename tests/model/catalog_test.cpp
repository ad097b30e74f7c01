#include "model/node/node_catalog.hpp"
#include "tests/model/graph_fixture.hpp"
#include "tests/support/matchers.hpp"

using namespace sluice;
using namespace sluice::testing;

BOOST_AUTO_TEST_SUITE(catalog)

BOOST_AUTO_TEST_CASE(types_are_found_by_name_and_alias) {
  const auto filled = fake_catalog();
  BOOST_REQUIRE(filled.find("discard", true));
  BOOST_TEST(filled.find("discard", true) == filled.find("any_sink", true));
  BOOST_TEST(filled.find("nothing", true) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_source_and_a_sink_may_share_a_name) {
  const auto filled = fake_catalog();
  BOOST_TEST(filled.find("file", false)->category == "source");
  BOOST_TEST(filled.find("file", true)->category == "sink");
  BOOST_TEST(filled.find_all("file").size() == 2U);
  BOOST_TEST(filled.find_all("file")[0]->category == "source");
}

BOOST_AUTO_TEST_CASE(a_type_with_one_meaning_is_found_either_way) {
  const auto filled = fake_catalog();
  BOOST_TEST(filled.find("source", true) == filled.find("source", false));
  BOOST_TEST(filled.find("source", true) != nullptr);
}

BOOST_AUTO_TEST_CASE(a_taken_name_is_refused) {
  auto filled = fake_catalog();
  const auto taken = has_code("duplicate_type");
  BOOST_CHECK_EXCEPTION(filled.add(fake_type("pass", "sink", {})), error, taken);
  BOOST_CHECK_EXCEPTION(filled.add(fake_type("file", "source", {})), error, taken);
  BOOST_CHECK_EXCEPTION(filled.add(fake_type("discard", "sink", {})), error, taken);
  auto aliased = fake_type("fresh", "sink", {});
  aliased.alias = "pass";
  BOOST_CHECK_EXCEPTION(filled.add(aliased), error, taken);
  BOOST_TEST(filled.find("fresh", true) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_bad_name_is_refused) {
  node_catalog empty;
  BOOST_CHECK_EXCEPTION(empty.add(fake_type("two words", "sink", {})), error, has_code("bad_name"));
}

BOOST_AUTO_TEST_CASE(names_are_sorted_and_each_there_once) {
  node_catalog some;
  some.add(fake_type("file", "sink", {}));
  some.add(fake_type("file", "source", {}));
  auto aliased = fake_type("null", "sink", {});
  aliased.alias = "discard";
  some.add(aliased);
  check_equal(some.names(), {"discard", "file", "null"});
  std::vector<std::string> types;
  for (const auto* type : some.types())
    types.push_back(type->name + " " + type->category);
  check_equal(types, {"file source", "file sink", "null sink"});
}

BOOST_AUTO_TEST_CASE(keys_need_a_compiler) {
  BOOST_CHECK_THROW(node_catalog().compile_key(".a"), option_error);
  BOOST_TEST(fake_catalog().compile_key(".a")(message()) == ".a");
}

BOOST_AUTO_TEST_SUITE_END()
