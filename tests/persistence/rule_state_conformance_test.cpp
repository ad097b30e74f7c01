// What every place of rules does with states (CONTRACTS D): who may not fire, until when, and who hears of
// it.

#include "model/base/error.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/rule_store_scene.hpp"
#include "tests/support/rule_tags.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rule_state_conformance)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_id_that_nobody_knows_has_the_default_state, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  const auto rules = scene.open();
  BOOST_TEST((rules->state("unknown", scene.now) == rule_state{}));
  BOOST_TEST((rules->state("unknown", scene.now).mode == rule_mode::enabled));
  BOOST_TEST(rules->load().rules.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_state_reads_back_with_who_and_when_and_until_when, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  auto state = scene.clipped(0.1);
  state.reason = "it's \"loud\"\nü";
  state.expires_at = scene.now + 1h;
  scene.say("a", state);
  BOOST_TEST((scene.open()->state("a", scene.now) == state));
  BOOST_TEST((scene.open()->load().rules.at("a").state == state));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_said_about_one_rule_leaves_others_alone, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.define(rule_called("b"));
  scene.say("b", scene.clipped(0.4));
  scene.say("a", scene.disabled());
  const auto found = scene.open()->load().rules;
  BOOST_TEST((found.at("a").state == scene.disabled()));
  BOOST_TEST((found.at("b").state == scene.clipped(0.4)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_enabled_state_takes_back_what_was_said, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  scene.say("a", scene.disabled());
  rule_state enabled;
  enabled.by = "eve";
  scene.say("a", enabled);
  BOOST_TEST((scene.open()->state("a", scene.now) == rule_state{}));
  const auto heard = ann.listen();
  BOOST_TEST(story_of(heard) == "state a, state a");
  BOOST_TEST((heard.back().state == rule_state{}));
  BOOST_TEST(heard.back().by == "eve");
  BOOST_TEST(ann.view.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(saying_the_same_again_is_no_change, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  scene.say("a", {});
  BOOST_TEST(ann.listen().empty());
  scene.say("a", scene.disabled());
  scene.say("a", scene.disabled());
  BOOST_TEST(story_of(ann.listen()) == "state a");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_no_state_or_no_id_is_refused_and_changes_nothing, Backend,
                              rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  auto too_sure = scene.clipped(7.5);
  BOOST_CHECK_EXCEPTION(scene.say("a", too_sure), error, has_code("bad_state"));
  auto late = scene.disabled();
  late.expires_at = scene.now;
  BOOST_CHECK_EXCEPTION(scene.say("a", late), error, has_code("bad_state"));
  BOOST_CHECK_EXCEPTION(scene.say("../a", scene.disabled()), error, has_code("bad_name"));
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(scene.difference({}) == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_state_survives_an_edit, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.say("a", scene.disabled(1h));
  auto ann = scene.follow();
  scene.define(rule_called("a", "curl", 2));
  ann.listen();
  BOOST_TEST((ann.view.at("a").state == scene.disabled(1h)));
  BOOST_TEST((scene.open()->state("a", scene.now) == scene.disabled(1h)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(own_words_are_heard_as_those_of_others, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  auto bob = scene.follow();
  ann.rules->set_state("a", scene.disabled(), scene.now);
  for (auto* each : {&ann, &bob}) {
    const auto heard = each->listen();
    BOOST_REQUIRE(heard.size() == 1u);
    BOOST_TEST((heard[0].state == scene.disabled()));
    BOOST_TEST(heard[0].by == "ann");
    BOOST_TEST((heard[0].at == scene.now));
    BOOST_TEST(each->listen().empty());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expired_state_enables_the_rule_and_never_mutes_it, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.say("a", scene.disabled(1s));
  auto ann = scene.follow();
  BOOST_TEST(tags_of(ann.view, scene.now + 999ms, "wget") == "");
  BOOST_TEST(tags_of(ann.view, scene.now + 1s, "wget") == "a");
  BOOST_TEST((ann.rules->state("a", scene.now + 999ms).mode == rule_mode::disabled));
  BOOST_TEST((ann.rules->state("a", scene.now + 1s) == rule_state{}));
  scene.now += 1s;
  BOOST_TEST(ann.rules->expire(scene.now) == 1u);
  const auto heard = ann.listen();
  BOOST_TEST(story_of(heard) == "expired a");
  BOOST_TEST((heard.front().state == rule_state{}));
  BOOST_TEST(tags_of(ann.view, scene.now, "wget") == "a");
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_expiry_is_one_change_however_many_take_it_back, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  auto bob = scene.follow();
  scene.say("a", scene.disabled(1s));
  scene.say("b", scene.disabled(2s));
  scene.say("c", scene.disabled());
  scene.now += 2s;
  BOOST_TEST(bob.rules->expire(scene.now) == 2u);
  BOOST_TEST(ann.rules->expire(scene.now) == 0u);
  BOOST_TEST(scene.open()->expire(scene.now) == 0u);
  for (auto* each : {&ann, &bob}) {
    const auto heard = each->listen();
    BOOST_TEST(story_of(heard) == "state a, state b, state c, expired a, expired b");
    BOOST_TEST(heard.back().by == "sluice");
    BOOST_TEST(each->listen().empty());
    BOOST_TEST(scene.difference(each->view) == "");
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expiry_while_nobody_was_there_is_made_up_for, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.say("a", scene.disabled(1s));
  scene.now += 24h;
  auto ann = scene.follow();
  BOOST_TEST(tags_of(ann.view, scene.now, "wget") == "a");
  BOOST_TEST(ann.rules->expire(scene.now) == 1u);
  BOOST_TEST(story_of(ann.listen()) == "expired a");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_follower_that_looks_long_after_an_expiry_hears_both_ends, Backend,
                              rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  scene.say("a", scene.disabled(1s));
  scene.now += 1s;
  scene.open()->expire(scene.now);
  scene.say("a", scene.clipped(0.2));
  scene.now += 24h;
  BOOST_TEST(story_of(ann.listen()) == "state a, expired a, state a");
  BOOST_TEST((ann.view.at("a").state.mode == rule_mode::clipped));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_said_after_an_expiry_that_nobody_took_back_does_not_hide_it, Backend,
                              rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  scene.say("a", scene.disabled(1s));
  scene.now += 1s;
  scene.say("a", scene.disabled());
  BOOST_TEST(story_of(ann.listen()) == "state a, expired a, state a");
  BOOST_TEST(ann.rules->expire(scene.now + 24h) == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(equal_times_and_a_clock_that_steps_back_hide_and_repeat_nothing, Backend,
                              rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  for (int i = 0; i < 5; ++i)
    scene.say("a", scene.clipped(0.1 * i));
  scene.define(rule_called("a"));
  BOOST_TEST(ann.listen().size() == 6u);
  scene.now -= 1h;
  scene.say("a", scene.disabled(1s));
  scene.define(rule_called("a", "curl"));
  scene.now -= 1h;
  scene.say("b", scene.disabled());
  const auto heard = ann.listen();
  BOOST_TEST(heard.size() == 3u, story_of(heard));
  scene.now += 3h;
  BOOST_TEST(ann.rules->expire(scene.now) == 1u);
  BOOST_TEST(story_of(ann.listen()) == "expired a");
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(more_than_is_remembered_still_ends_in_the_same_view, Backend, rule_backends) {
  rule_store_scene<Backend> scene;
  auto ann = scene.follow();
  const auto rules = scene.open();
  for (int i = 0; i < 300; ++i)
    rules->set_state("r" + std::to_string(i % 50), scene.clipped(0.001 * i), scene.now);
  BOOST_TEST(ann.listen().size() >= 50u);
  BOOST_TEST(scene.difference(ann.view) == "");
  BOOST_TEST(ann.listen().empty());
}

BOOST_AUTO_TEST_SUITE_END()
