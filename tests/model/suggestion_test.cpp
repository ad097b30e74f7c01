#include "model/config/suggestion.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(suggestion)

BOOST_AUTO_TEST_CASE(one_letter_left_out_put_in_or_changed_is_near) {
  BOOST_TEST(suggest("jsn_parse", {"csv_parse", "json_parse"}) == " (did you mean 'json_parse'?)");
  BOOST_TEST(suggest("batchh", {"batch"}) == " (did you mean 'batch'?)");
  BOOST_TEST(suggest("botch", {"batch"}) == " (did you mean 'batch'?)");
}

BOOST_AUTO_TEST_CASE(a_swap_of_neighbours_is_one_change) {
  BOOST_TEST(suggest("mpa", {"map"}) == " (did you mean 'map'?)");
  BOOST_TEST(suggest("fitler", {"filter"}) == " (did you mean 'filter'?)");
}

BOOST_AUTO_TEST_CASE(a_third_of_the_letters_may_differ_and_no_more) {
  BOOST_TEST(suggest("abcdxx", {"abcdef"}) == " (did you mean 'abcdef'?)");
  BOOST_TEST(suggest("abcxxx", {"abcdef"}) == "");
  BOOST_TEST(suggest("abcxx", {"abcde"}) == "");
  BOOST_TEST(suggest("abcdefxxx", {"abcdefghi"}) == " (did you mean 'abcdefghi'?)");
}

BOOST_AUTO_TEST_CASE(a_short_name_may_differ_by_one) {
  BOOST_TEST(suggest("ke", {"key"}) == " (did you mean 'key'?)");
  BOOST_TEST(suggest("op", {"of"}) == " (did you mean 'of'?)");
  BOOST_TEST(suggest("xy", {"key"}) == "");
}

BOOST_AUTO_TEST_CASE(the_beginning_of_a_name_is_near) {
  BOOST_TEST(suggest("prio", {"capacity", "priority"}) == " (did you mean 'priority'?)");
  BOOST_TEST(suggest("cap", {"policy", "capacity"}) == " (did you mean 'capacity'?)");
  BOOST_TEST(suggest("ca", {"policy", "capacity"}) == "");
  BOOST_TEST(suggest("json", {"json_parse_all", "json_parse"}) == " (did you mean 'json_parse'?)");
  BOOST_TEST(suggest("pols", {"pole", "polsters_of_wood"}) == " (did you mean 'pole'?)");
  BOOST_TEST(suggest("aaa", {std::string(129, 'a')}) == "");
}

BOOST_AUTO_TEST_CASE(a_name_with_nothing_in_common_is_never_suggested) {
  BOOST_TEST(suggest("a", {"b"}) == "");
  BOOST_TEST(suggest("", {"b"}) == "");
  BOOST_TEST(suggest("a", {""}) == "");
}

BOOST_AUTO_TEST_CASE(the_nearest_wins_and_the_first_of_equals) {
  BOOST_TEST(suggest("routes", {"rout", "route", "router"}) == " (did you mean 'route'?)");
  BOOST_TEST(suggest("cat", {"car", "bat"}) == " (did you mean 'car'?)");
}

BOOST_AUTO_TEST_CASE(the_same_name_is_no_suggestion) {
  BOOST_TEST(suggest("batch", {"batch"}) == "");
  BOOST_TEST(suggest("batch", {"batch", "match"}) == " (did you mean 'match'?)");
}

BOOST_AUTO_TEST_CASE(nothing_is_suggested_without_candidates_or_for_huge_names) {
  BOOST_TEST(suggest("batch", {}) == "");
  const std::string longest(128, 'a');
  BOOST_TEST(suggest(longest, {longest.substr(1)}) != "");
  BOOST_TEST(suggest(longest + "a", {longest}) == "");
  BOOST_TEST(suggest(longest, {longest + "a"}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
