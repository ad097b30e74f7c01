#include "model/base/error.hpp"
#include "persistence/rules/database_rules.hpp"
#include "persistence/rules/rule_changes.hpp"
#include "tests/support/rule_store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(database_rules)

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_database_has_no_rules_and_default_states, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  const auto rules = scene.open_rules();
  const auto found = rules->load();
  BOOST_TEST(found.rules.empty());
  BOOST_TEST(found.findings.empty());
  BOOST_TEST(rules->changes().empty());
  BOOST_TEST(rules->take_findings().empty());
  BOOST_TEST((rules->state("unknown", scene.now) == rule_state{}));
  BOOST_TEST(rules->expire(scene.now) == 0u);
  BOOST_TEST(rules->descriptor() == -1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_load_has_definitions_and_states_as_they_were_said, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a", "curl", 2));
  scene.define(rule_called("b"));
  scene.set("a", scene.disabled(1h));
  scene.set("later", scene.clipped(0.5));
  const auto found = scene.open_rules()->load().rules;
  BOOST_REQUIRE(found.size() == 3u);
  BOOST_TEST((*found.at("a").definition == rule_called("a", "curl", 2)));
  BOOST_TEST((found.at("a").state == scene.disabled(1h)));
  BOOST_TEST((found.at("b").state == rule_state{}));
  BOOST_TEST(!found.at("later").definition);
  BOOST_TEST((found.at("later").state == scene.clipped(0.5)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(more_rules_than_a_page_are_loaded_each_once, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.commit([&] {
    for (int i = 0; i < 1100; ++i)
      define_rule(scene.in(), rule_called("r" + std::to_string(i)), "", "ann", scene.now);
    for (int i = 0; i < 1000; ++i)
      set_rule_state(scene.in(), "r" + std::to_string(i), scene.disabled(), scene.now);
    return 0;
  });
  const auto found = scene.open_rules()->load().rules;
  BOOST_TEST(found.size() == 1100u);
  std::size_t disabled = 0;
  for (const auto& [id, entry] : found) {
    BOOST_TEST((*entry.definition == rule_called(id)));
    disabled += entry.state.mode == rule_mode::disabled ? 1 : 0;
  }
  BOOST_TEST(disabled == 1000u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(five_edits_at_one_moment_are_five_changes, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  rule_follower ann{scene.open_rules()};
  for (const auto* pattern : {"a", "b", "c", "d", "e"})
    scene.define(rule_called("r", pattern));
  const auto heard = ann.listen();
  BOOST_REQUIRE(heard.size() == 5u);
  std::string patterns;
  for (const auto& change : heard)
    patterns += change.definition->pattern;
  BOOST_TEST(patterns == "abcde");
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(scene.agrees(ann.view));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_clock_that_steps_back_hides_and_repeats_nothing, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a"));
  rule_follower ann{scene.open_rules()};
  scene.now -= 1h;
  scene.define(rule_called("b"));
  scene.set("a", scene.disabled());
  BOOST_TEST(story_of(ann.listen()) == "defined b, state a");
  scene.now -= 1h;
  scene.remove("b");
  scene.now += 5h;
  scene.set("a", {});
  BOOST_TEST(story_of(ann.listen()) == "removed b, state a");
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(scene.agrees(ann.view));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_between_the_load_and_the_first_look_is_lost, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("before"));
  const auto rules = scene.open_rules();
  rules->load();
  scene.define(rule_called("after"));
  BOOST_TEST(story_of(rules->changes()) == "defined after");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_never_loaded_begins_at_the_present, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("before"));
  const auto rules = scene.open_rules();
  BOOST_TEST(rules->changes().empty());
  scene.define(rule_called("after"));
  BOOST_TEST(story_of(rules->changes()) == "defined after");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_said_through_the_rules_is_said_to_all_who_follow, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  rule_follower ann{scene.open_rules()};
  rule_follower bob{scene.open_rules()};
  ann.rules->set_state("a", scene.disabled(1h), scene.now);
  BOOST_TEST((bob.rules->state("a", scene.now) == scene.disabled(1h)));
  for (auto* each : {&ann, &bob}) {
    const auto heard = each->listen();
    BOOST_REQUIRE(heard.size() == 1u);
    BOOST_TEST((heard[0].state == scene.disabled(1h)));
    BOOST_TEST(heard[0].by == "ann");
    BOOST_TEST(heard[0].number == 1);
    BOOST_TEST((heard[0].at == scene.now));
    BOOST_TEST(each->listen().empty());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_enables_a_rule_is_told_and_the_state_is_the_default, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  rule_follower ann{scene.open_rules()};
  ann.rules->set_state("a", scene.disabled(), scene.now);
  rule_state enabled;
  enabled.by = "eve";
  enabled.at = scene.now;
  ann.rules->set_state("a", enabled, scene.now);
  BOOST_TEST((ann.rules->state("a", scene.now) == rule_state{}));
  const auto heard = ann.listen();
  BOOST_REQUIRE(heard.size() == 2u);
  BOOST_TEST((heard[1].state == rule_state{}));
  BOOST_TEST(heard[1].by == "eve");
  BOOST_TEST(ann.view.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_state_that_has_expired_is_the_default_before_anybody_takes_it_back, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  const auto rules = scene.open_rules();
  rules->set_state("a", scene.disabled(1s), scene.now);
  const auto said = scene.disabled(1s);
  BOOST_TEST((rules->state("a", scene.now + 999ms) == said));
  BOOST_TEST((rules->state("a", scene.now + 1s) == rule_state{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expiry_is_one_change_however_many_take_it_back, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  rule_follower ann{scene.open_rules()};
  rule_follower bob{scene.open_rules()};
  ann.rules->set_state("a", scene.disabled(1s), scene.now);
  scene.now += 1s;
  BOOST_TEST(bob.rules->expire(scene.now) == 1u);
  BOOST_TEST(ann.rules->expire(scene.now) == 0u);
  BOOST_TEST(bob.rules->expire(scene.now) == 0u);
  for (auto* each : {&ann, &bob}) {
    const auto heard = each->listen();
    BOOST_TEST(story_of(heard) == "state a, expired a");
    BOOST_TEST((heard.back().state == rule_state{}));
    BOOST_TEST(heard.back().by == "sluice");
    BOOST_TEST(each->view.empty());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_expiry_while_nobody_was_there_is_made_up_for, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.define(rule_called("a"));
  scene.set("a", scene.disabled(1s));
  scene.now += 24h;
  rule_follower ann{scene.open_rules()};
  BOOST_TEST((effective(ann.view.at("a").state, scene.now) == rule_state{}));
  BOOST_TEST(ann.rules->expire(scene.now) == 1u);
  BOOST_TEST(story_of(ann.listen()) == "expired a");
  BOOST_TEST((ann.view.at("a").state == rule_state{}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(more_states_than_a_page_expire_each_once, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  scene.commit([&] {
    for (int i = 0; i < 1000; ++i)
      set_rule_state(scene.in(), "r" + std::to_string(i), scene.disabled(1s), scene.now);
    return 0;
  });
  rule_follower ann{scene.open_rules()};
  scene.now += 1s;
  BOOST_TEST(ann.rules->expire(scene.now) == 1000u);
  BOOST_TEST(ann.listen().size() == 1000u);
  BOOST_TEST(ann.view.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_has_missed_changes_that_were_forgotten_hears_one_per_rule, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  for (const auto* id : {"edited", "gone", "kept"})
    scene.define(rule_called(id));
  rule_follower ann{scene.open_rules()};
  for (const auto* pattern : {"a", "b", "c"})
    scene.define(rule_called("edited", pattern));
  scene.remove("gone");
  scene.define(rule_called("new"));
  scene.set("kept", scene.disabled());
  scene.commit([&] {
    scene.in().rules().forget_changes(scene.in().rules().change_range().last - 1);
    return 0;
  });
  const auto heard = ann.listen();
  BOOST_TEST(story_of(heard) == "defined edited, removed gone, state kept, defined new");
  BOOST_TEST(heard.front().definition->pattern == "c");
  BOOST_TEST(scene.agrees(ann.view));
  scene.remove("new");
  BOOST_TEST(story_of(ann.listen()) == "removed new");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_single_change_that_was_missed_is_made_up_for, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  rule_follower ann{scene.open_rules()};
  scene.define(rule_called("missed"));
  scene.define(rule_called("kept"));
  scene.commit([&] {
    scene.in().rules().forget_changes(1);
    return 0;
  });
  BOOST_TEST(story_of(ann.listen()) == "defined kept, defined missed");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(forgotten_changes_that_were_seen_are_no_reason_to_read_anew, Backend,
                              store_backends) {
  database_rules_scene<Backend> scene;
  rule_follower ann{scene.open_rules()};
  scene.define(rule_called("a", "1"));
  ann.listen();
  scene.define(rule_called("a", "2"));
  scene.define(rule_called("a", "3"));
  scene.commit([&] {
    scene.in().rules().forget_changes(1);
    return 0;
  });
  BOOST_TEST(ann.listen().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_an_older_copy_is_read_anew) {
  database_rules_scene<memory_backend> scene;
  database_rules_scene<memory_backend> older;
  older.define(rule_called("old"));
  bool restored = false;
  const auto read = [&](const rule_transactions::task& task) {
    auto& in = restored ? older.in() : scene.in();
    store_transaction transaction(in);
    task(in, scene.now);
  };
  rule_follower ann{open_database_rules({read, read})};
  scene.define(rule_called("a"));
  scene.define(rule_called("b"));
  ann.listen();
  restored = true;
  BOOST_TEST(story_of(ann.listen()) == "removed a, removed b, defined old");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_failure_between_two_pages_loses_nothing, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  auto transactions = direct_transactions(scene.in(), scene.in(), [&] { return scene.now; });
  int until_failure = 1000;
  transactions.read = [&until_failure, read = transactions.read](const rule_transactions::task& task) {
    if (until_failure-- == 0)
      throw error("store_unavailable", "gone for a moment");
    read(task);
  };
  rule_follower ann{open_database_rules(std::move(transactions))};
  scene.commit([&] {
    for (int i = 0; i < 1200; ++i)
      define_rule(scene.in(), rule_called("r" + std::to_string(i)), "", "ann", scene.now);
    return 0;
  });
  until_failure = 2;
  BOOST_CHECK_THROW(ann.listen(), error);
  until_failure = 1000;
  const auto heard = ann.listen();
  BOOST_REQUIRE(heard.size() == 1200u);
  for (std::size_t i = 0; i < heard.size(); ++i)
    BOOST_TEST(heard[i].number == static_cast<std::int64_t>(i) + 1);
  BOOST_TEST(scene.agrees(ann.view));
}

BOOST_AUTO_TEST_CASE(who_loads_after_a_failure_hears_nothing_that_is_loaded) {
  database_rules_scene<memory_backend> scene;
  auto transactions = direct_transactions(scene.in(), scene.in(), [&] { return scene.now; });
  int until_failure = 2;
  transactions.read = [&until_failure, read = transactions.read](const rule_transactions::task& task) {
    if (until_failure-- == 0)
      throw error("store_unavailable", "gone for a moment");
    read(task);
  };
  const auto rules = open_database_rules(std::move(transactions));
  rules->load();
  scene.commit([&] {
    for (int i = 0; i < 600; ++i)
      define_rule(scene.in(), rule_called("r" + std::to_string(i)), "", "ann", scene.now);
    return 0;
  });
  BOOST_CHECK_THROW(rules->changes(), error);
  BOOST_TEST(rules->load().rules.size() == 600u);
  BOOST_TEST(rules->changes().empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(transactions_that_have_to_run_again_change_no_answer, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  const auto twice = [&](const rule_transactions::task& task) {
    {
      store_transaction rolled_back(scene.in());
      task(scene.in(), scene.now);
    }
    store_transaction transaction(scene.in());
    task(scene.in(), scene.now);
    transaction.commit();
  };
  rule_follower ann{open_database_rules({twice, twice})};
  scene.define(rule_called("a"));
  ann.rules->set_state("a", scene.disabled(1s), scene.now);
  ann.rules->set_state("b", scene.disabled(1s), scene.now);
  scene.now += 1s;
  BOOST_TEST(ann.rules->expire(scene.now) == 2u);
  BOOST_TEST(story_of(ann.listen()) == "defined a, state a, state b, expired a, expired b");
  BOOST_TEST(ann.rules->load().rules.size() == 1u);
  BOOST_TEST(scene.audit().size() == 4u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_refused_state_changes_nothing, Backend, store_backends) {
  database_rules_scene<Backend> scene;
  rule_follower ann{scene.open_rules()};
  BOOST_CHECK_THROW(ann.rules->set_state("a", scene.clipped(7.5), scene.now), error);
  BOOST_TEST((ann.rules->state("a", scene.now) == rule_state{}));
  BOOST_TEST(ann.listen().empty());
}

BOOST_AUTO_TEST_SUITE_END()
