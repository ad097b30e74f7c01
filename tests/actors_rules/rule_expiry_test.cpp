#include "tests/actors_rules/keeping_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

struct expiry_scene : keeping_scene {
  expiry_scene() { place.define(make_rule("a", "a")); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(expiry_of_a_rules_state, expiry_scene)

BOOST_AUTO_TEST_CASE(it_is_enabled_again_by_itself_once_with_one_change) {
  keeping.load();
  keeping.follow(listener());
  (void)keeping.set_state("a", disabled(1h));
  BOOST_REQUIRE(keeping.next_expiry().has_value());
  BOOST_TEST((*keeping.next_expiry() == now + 1h));
  now += 1h - 1ms;
  keeping.look();
  BOOST_TEST(matches("a").empty());
  take_heard();
  now += 1ms;
  keeping.look();
  keeping.look();
  BOOST_TEST(take_heard() == texts{"expired a"}, boost::test_tools::per_element());
  BOOST_TEST(matches("a").size() == 1);
  BOOST_TEST((place.state("a") == rule_state{}));
  BOOST_TEST(place.count(change_kind::expired) == 1);
  BOOST_TEST(!keeping.next_expiry().has_value());
}

BOOST_AUTO_TEST_CASE(it_is_enabled_again_when_nobody_was_there_at_that_moment) {
  place.say("a", disabled(1h));
  now += 2h;
  keeping.load();
  BOOST_TEST(matches("a").size() == 1);
  BOOST_TEST((place.state("a") == rule_state{}));
  rule_keeping second(make_settings());
  second.load();
  BOOST_TEST(place.count(change_kind::expired) == 1);
}

BOOST_AUTO_TEST_CASE(two_who_keep_the_same_rules_hear_each_expiry_once) {
  keeping.load();
  keeping.follow(listener());
  auto others = make_settings();
  others.in_force = std::make_shared<rules_in_force>();
  others.shelf = std::make_shared<rule_shelf>();
  rule_keeping second(others);
  second.load();
  second.follow(listener());
  (void)keeping.set_state("a", disabled(1h));
  second.look();
  take_heard();
  now += 1h;
  second.look();
  keeping.look();
  second.look();
  BOOST_TEST(take_heard() == (texts{"expired a", "expired a"}), boost::test_tools::per_element());
  BOOST_TEST(place.count(change_kind::expired) == 1);
  BOOST_TEST(matching(*others.in_force, "a").size() == 1);
}

BOOST_AUTO_TEST_CASE(it_takes_effect_although_nobody_can_write_it_down_and_is_written_when_that_works) {
  keeping.load();
  (void)keeping.set_state("a", disabled(1h));
  take_logged();
  place.fail_writing("store_full");
  now += 1h;
  keeping.look();
  keeping.look();
  BOOST_TEST(matches("a").size() == 1);
  BOOST_TEST(keeping.is_lagging());
  BOOST_TEST(take_logged().size() == 1);
  place.fail_writing("");
  keeping.look();
  BOOST_TEST((place.state("a") == rule_state{}));
  BOOST_TEST(!keeping.is_lagging());
  BOOST_TEST(take_logged() == texts{"rule_expiry_recovered: it works again"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_state_of_a_rule_without_a_definition_expires_as_well) {
  keeping.load();
  (void)keeping.set_state("a", disabled(1h));
  place.remove("a");
  keeping.look();
  now += 1h;
  keeping.look();
  BOOST_TEST(place.count(change_kind::expired) == 1);
}

BOOST_AUTO_TEST_CASE(a_longer_time_that_is_said_later_counts) {
  keeping.load();
  (void)keeping.set_state("a", disabled(1h));
  (void)keeping.set_state("a", disabled(3h));
  now += 2h;
  keeping.look();
  BOOST_TEST(matches("a").empty());
  BOOST_TEST(place.count(change_kind::expired) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_does_not_expire) {
  keeping.load();
  (void)keeping.set_state("a", disabled(1h));
  (void)keeping.set_state("a", {});
  BOOST_TEST(!keeping.next_expiry().has_value());
  now += 1h;
  keeping.look();
  BOOST_TEST(place.count(change_kind::expired) == 0);
}

BOOST_AUTO_TEST_CASE(a_clock_that_steps_back_takes_nothing_back_early) {
  keeping.load();
  (void)keeping.set_state("a", disabled(1h));
  now -= 24h;
  keeping.look();
  BOOST_TEST(matches("a").empty());
  now += 25h;
  keeping.look();
  BOOST_TEST(matches("a").size() == 1);
  BOOST_TEST(place.count(change_kind::expired) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
