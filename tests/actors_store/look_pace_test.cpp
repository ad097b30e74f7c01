#include "actors/store/look_pace.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(pace_of_looks)

BOOST_AUTO_TEST_CASE(there_is_one_look_at_a_time_and_one_more_for_all_reasons_meanwhile) {
  look_pace pace;
  BOOST_TEST(pace.ask());
  BOOST_TEST(!pace.ask());
  BOOST_TEST(!pace.ask());
  BOOST_TEST(!pace.tick());
  BOOST_TEST(pace.succeeded(false));
  BOOST_TEST(!pace.succeeded(false));
  BOOST_TEST(pace.ask());
}

BOOST_AUTO_TEST_CASE(a_look_that_left_something_is_followed_at_once) {
  look_pace pace;
  BOOST_TEST(pace.ask());
  BOOST_TEST(pace.succeeded(true));
  BOOST_TEST(!pace.succeeded(false));
}

BOOST_AUTO_TEST_CASE(after_a_failure_only_the_clock_begins_a_look) {
  look_pace pace;
  BOOST_TEST(pace.ask());
  pace.failed();
  BOOST_TEST(pace.failing());
  BOOST_TEST(!pace.ask());
  BOOST_TEST(pace.tick());
  BOOST_TEST(!pace.succeeded(false));
  BOOST_TEST(!pace.failing());
  BOOST_TEST(pace.ask());
}

BOOST_AUTO_TEST_CASE(the_clock_begins_a_look_only_when_none_is_under_way) {
  look_pace pace;
  BOOST_TEST(pace.tick());
  BOOST_TEST(!pace.tick());
  BOOST_TEST(!pace.succeeded(false));
}

BOOST_AUTO_TEST_SUITE_END()
