#include "actors/rules/rule_keeping.hpp"
#include "tests/actors_rules/keeping_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(rule_keeping_of_one_place, keeping_scene)

BOOST_AUTO_TEST_CASE(what_was_there_is_in_force_after_the_load) {
  place.define(make_rule("wget", "wget"));
  place.define(make_rule("curl", "curl"));
  keeping.load();
  BOOST_TEST(matches("wget http://x") == texts{"wget"}, boost::test_tools::per_element());
  BOOST_TEST(take_logged() == texts{"rules_loaded: rules of the test in force: 2"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_load_that_fails_says_why_and_the_next_may_succeed) {
  place.define(make_rule("wget", "wget"));
  place.fail_reading("store_locked");
  BOOST_CHECK_EXCEPTION(keeping.load(), error, [](const error& e) { return e.code() == "store_locked"; });
  BOOST_TEST(!keeping.is_loaded());
  place.fail_reading("");
  keeping.load();
  BOOST_TEST(matches("wget x").size() == 1);
}

BOOST_AUTO_TEST_CASE(what_changes_between_the_load_and_a_listener_is_in_its_view_or_heard) {
  place.define(make_rule("a", "a1"));
  keeping.load();
  place.define(make_rule("b", "b1"));
  const auto from = keeping.follow(listener());
  BOOST_TEST(from.count("b") == 0);
  keeping.look();
  BOOST_TEST(take_heard() == texts{"defined b"}, boost::test_tools::per_element());
  BOOST_TEST(keeping.follow(listener()).count("b") == 1);
}

BOOST_AUTO_TEST_CASE(five_edits_are_five_calls_in_order) {
  keeping.load();
  keeping.follow(listener());
  for (const auto* id : {"c", "a", "e", "b", "d"})
    place.define(make_rule(id, id));
  keeping.look();
  BOOST_TEST(take_heard() == (texts{"defined c", "defined a", "defined e", "defined b", "defined d"}),
             boost::test_tools::per_element());
  BOOST_TEST(settings.meters->count(change_kind::defined) == 5);
}

BOOST_AUTO_TEST_CASE(an_edit_is_in_force_before_it_is_heard) {
  place.define(make_rule("a", "old"));
  keeping.load();
  texts seen;
  keeping.follow(
      std::make_shared<rule_listener_gate>([&](const rule_change&) { seen = matches("the new one"); }));
  place.define(make_rule("a", "new", 2));
  keeping.look();
  BOOST_TEST(seen == texts{"a"}, boost::test_tools::per_element());
  BOOST_TEST(matches("the old one").empty());
}

BOOST_AUTO_TEST_CASE(after_a_while_of_rest_edits_become_part_of_the_whole) {
  for (int i = 0; i < 2000; ++i)
    place.define(make_rule("r" + std::to_string(i), "word" + std::to_string(i) + "x"));
  keeping.load();
  BOOST_TEST(keeping.is_whole());
  place.define(make_rule("late", "late"));
  keeping.look();
  BOOST_TEST(matches("too late").size() == 1);
  BOOST_TEST(!keeping.is_whole());
  now += 999ms;
  keeping.look();
  BOOST_TEST(!keeping.is_whole());
  now += 1ms;
  keeping.look();
  BOOST_TEST(keeping.is_whole());
  BOOST_TEST(matches("too late").size() == 1);
  const auto version = settings.in_force->version();
  now += 1h;
  keeping.look();
  BOOST_TEST(settings.in_force->version() == version);
}

BOOST_AUTO_TEST_CASE(a_removed_rule_no_longer_matches) {
  place.define(make_rule("a", "a"));
  keeping.load();
  place.remove("a");
  keeping.look();
  BOOST_TEST(matches("a").empty());
}

BOOST_AUTO_TEST_CASE(a_state_takes_effect_without_compiling_anything) {
  place.define(make_rule("a", "a"));
  keeping.load();
  const auto compiled = settings.meters->compilations.load();
  const auto version = settings.in_force->version();
  const auto answer = keeping.set_state("a", disabled());
  BOOST_TEST(answer.persisted);
  BOOST_TEST(answer.published);
  BOOST_TEST(!answer.failure);
  BOOST_TEST(matches("a").empty());
  BOOST_TEST(settings.in_force->version() == version + 1);
  BOOST_TEST(settings.meters->compilations.load() == compiled);
  BOOST_TEST((place.state("a").mode == rule_mode::disabled));
}

BOOST_AUTO_TEST_CASE(a_state_of_one_rule_leaves_the_others_alone) {
  place.define(make_rule("a", "x"));
  place.define(make_rule("b", "x"));
  keeping.load();
  (void)keeping.set_state("a", disabled());
  BOOST_TEST(matches("x") == texts{"b"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_state_that_makes_no_sense_is_refused_and_not_kept) {
  place.define(make_rule("a", "a"));
  keeping.load();
  const auto answer = keeping.set_state("a", {rule_mode::disabled, 1, "", "ann", now});
  BOOST_TEST(!answer.persisted);
  BOOST_TEST(!answer.published);
  BOOST_REQUIRE(answer.failure.has_value());
  BOOST_TEST(answer.failure->code() == "bad_state");
  BOOST_TEST(place.count(change_kind::state) == 0);
}

BOOST_AUTO_TEST_CASE(a_state_without_a_time_is_of_now) {
  keeping.load();
  auto state = disabled();
  state.at = {};
  (void)keeping.set_state("a", state);
  BOOST_TEST((place.state("a").at == now));
}

BOOST_AUTO_TEST_CASE(a_state_of_a_rule_that_is_still_to_come_waits_for_it) {
  keeping.load();
  BOOST_TEST(keeping.set_state("a", disabled()).published);
  place.define(make_rule("a", "a"));
  keeping.look();
  BOOST_TEST(matches("a").empty());
  BOOST_TEST((keeping.state("a").mode == rule_mode::disabled));
}

BOOST_AUTO_TEST_CASE(a_listener_that_throws_fails_the_state_and_everybody_else_hears) {
  place.define(make_rule("a", "a"));
  keeping.load();
  keeping.follow(failing_listener());
  keeping.follow(listener());
  const auto answer = keeping.set_state("a", disabled());
  BOOST_TEST(answer.persisted);
  BOOST_TEST(!answer.published);
  BOOST_REQUIRE(answer.failure.has_value());
  BOOST_TEST(answer.failure->code() == "publish_failed");
  BOOST_TEST(std::string(answer.failure->what()).find("is persisted") != std::string::npos);
  BOOST_TEST(std::string(answer.failure->what()).find("the line is cut") != std::string::npos);
  BOOST_TEST(take_heard() == texts{"state a"}, boost::test_tools::per_element());
  BOOST_TEST(matches("a").empty());
  BOOST_TEST((place.state("a").mode == rule_mode::disabled));
  BOOST_TEST(settings.meters->failed_listeners.load() == 1);
}

BOOST_AUTO_TEST_CASE(a_listener_that_threw_hears_the_next_change) {
  place.define(make_rule("a", "a"));
  keeping.load();
  int calls = 0;
  keeping.follow(std::make_shared<rule_listener_gate>([&](const rule_change&) {
    if (++calls == 1)
      throw std::runtime_error("not yet");
  }));
  BOOST_TEST(!keeping.set_state("a", disabled()).published);
  BOOST_TEST(keeping.set_state("a", disabled(2h)).published);
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(a_state_that_cannot_be_written_changes_nothing) {
  place.define(make_rule("a", "a"));
  keeping.load();
  keeping.follow(listener());
  place.fail_writing("store_full");
  const auto answer = keeping.set_state("a", disabled());
  BOOST_TEST(!answer.persisted);
  BOOST_REQUIRE(answer.failure.has_value());
  BOOST_TEST(answer.failure->code() == "store_full");
  BOOST_TEST(heard.empty());
  BOOST_TEST(matches("a").size() == 1);
}

BOOST_AUTO_TEST_CASE(a_state_that_is_written_but_cannot_be_read_back_is_published_later) {
  place.define(make_rule("a", "a"));
  keeping.load();
  keeping.follow(listener());
  place.fail_reading("store_locked");
  const auto answer = keeping.set_state("a", disabled());
  BOOST_TEST(answer.persisted);
  BOOST_TEST(!answer.published);
  BOOST_REQUIRE(answer.failure.has_value());
  BOOST_TEST(answer.failure->code() == "publish_failed");
  BOOST_TEST(keeping.is_lagging());
  place.fail_reading("");
  keeping.look();
  BOOST_TEST(take_heard() == texts{"state a"}, boost::test_tools::per_element());
  BOOST_TEST(matches("a").empty());
  BOOST_TEST(!keeping.is_lagging());
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_is_logged_once_and_its_rules_stay_in_force) {
  place.define(make_rule("a", "a"));
  keeping.load();
  keeping.follow(listener());
  take_logged();
  place.fail_reading("rules_unavailable");
  keeping.look();
  keeping.look();
  BOOST_TEST(take_logged() ==
                 texts{"rule_look_failed: the place of the test says rules_unavailable [rules_unavailable]"},
             boost::test_tools::per_element());
  BOOST_TEST(matches("a").size() == 1);
  BOOST_TEST(keeping.is_lagging());
  place.define(make_rule("b", "b"));
  place.fail_reading("");
  keeping.look();
  BOOST_TEST(take_logged() == texts{"rule_look_recovered: it works again"}, boost::test_tools::per_element());
  BOOST_TEST(take_heard() == texts{"defined b"}, boost::test_tools::per_element());
  BOOST_TEST(matches("b").size() == 1);
}

BOOST_AUTO_TEST_CASE(a_finding_is_logged_once) {
  keeping.load();
  take_logged();
  place.find_fault("a.yaml", "confidence 7.5 is above 1");
  keeping.look();
  place.find_fault("b.yaml", "no pattern");
  keeping.look();
  BOOST_TEST(take_logged() == (texts{"rule_finding: a.yaml: error: confidence 7.5 is above 1 [BAD_VALUE]",
                                     "rule_finding: b.yaml: error: no pattern [BAD_VALUE]"}),
             boost::test_tools::per_element());
  BOOST_TEST(settings.meters->findings.load() == 2);
}

BOOST_AUTO_TEST_CASE(findings_are_those_of_now) {
  place.find_fault("a.yaml", "no pattern");
  keeping.load();
  BOOST_TEST(keeping.findings().size() == 1);
  place.mend();
  BOOST_TEST(keeping.findings().empty());
}

BOOST_AUTO_TEST_SUITE_END()
