#include "model/rules/rules_in_force.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>

using namespace sluice;

namespace {

std::shared_ptr<const compiled_rules> rules_for(const std::vector<std::string>& fields) {
  rule_view view;
  for (const auto& field : fields)
    view["r-" + field].definition =
        std::make_shared<const rule>(rule{"r-" + field, 1, "n", "", {}, field, "x", {{"T1", "", 1, {}}}});
  return compiled_rules::compile(view, {});
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_in_force_test)

BOOST_AUTO_TEST_CASE(before_the_first_there_are_none) {
  const rules_in_force place;
  BOOST_REQUIRE(place.get() != nullptr);
  BOOST_TEST(place.get()->rules().empty());
}

BOOST_AUTO_TEST_CASE(each_publish_changes_the_version_and_old_rules_live_as_long_as_somebody_holds_them) {
  rules_in_force place;
  const auto before = place.version();
  place.publish(rules_for({"a"}));
  const auto held = place.get();
  const auto between = place.version();
  place.publish(rules_for({"a", "b"}));
  BOOST_TEST(between != before);
  BOOST_TEST(place.version() != between);
  BOOST_TEST(held->rules().size() == 1U);
  BOOST_TEST(place.get()->rules().size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_last_1024_texts_of_a_field_are_remembered) {
  rules_in_force place;
  for (int i = 0; i < 1100; ++i)
    place.remember("a", std::to_string(i));
  place.remember("b", "other");
  auto texts = place.remembered("a");
  BOOST_TEST(texts.size() == 1024U);
  for (int i = 76; i < 1100; ++i)
    BOOST_TEST(std::count(texts.begin(), texts.end(), std::to_string(i)) == 1);
  BOOST_TEST(place.remembered("b") == std::vector<std::string>{"other"}, boost::test_tools::per_element());
  BOOST_TEST(place.remembered("c").empty());
}

BOOST_AUTO_TEST_CASE(of_a_long_text_the_beginning_is_remembered) {
  rules_in_force place;
  place.remember("a", std::string(100'000, 'x'));
  BOOST_TEST(place.remembered("a").front().size() == 1024U);
}

BOOST_AUTO_TEST_CASE(texts_of_fields_that_no_rule_looks_at_any_more_are_forgotten) {
  rules_in_force place;
  place.publish(rules_for({"a", "b"}));
  place.remember("a", "x");
  place.remember("b", "y");
  place.publish(rules_for({"b", "c"}));
  BOOST_TEST(place.remembered("a").empty());
  BOOST_TEST(place.remembered("b").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
